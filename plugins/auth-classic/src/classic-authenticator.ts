// The authenticator `classic` with the digests of Node, which are the fastest.
import { createHmac, createSecretKey } from "node:crypto";
import type { ClassicConfig } from "./classic-config.js";
import { ClassicSignatures, type HmacOf } from "./classic-signatures.js";

/** The key itself goes into a KeyObject, which neither JSON nor an inspector can look into. */
const hmacOfNode: HmacOf = (method, text) => {
  const key = createSecretKey(text, "utf8");
  return (bytes) => createHmac(method, key).update(bytes).digest("hex");
};

/** The authenticator `classic`. Throws `AUTHKEYS_INVALID` when this Node lacks a method. */
export class ClassicAuthenticator extends ClassicSignatures {
  constructor(config: ClassicConfig) {
    super(config, hmacOfNode);
  }
}
