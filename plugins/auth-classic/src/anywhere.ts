/** heartbeat's authenticators where there is no Node: the same plugin, with digests in JavaScript. @packageDocumentation */
import { hmac } from "@noble/hashes/hmac.js";
import { md5, sha1 } from "@noble/hashes/legacy.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { Authenticator, definePlugin } from "@systole/sdk";
import { ClassicConfig } from "./classic-config.js";
import { ClassicSignatures, type HmacOf } from "./classic-signatures.js";

const METHODS = { md5, sha1 };

const hmacOfScript: HmacOf = (method, text) => {
  const key = utf8ToBytes(text);
  return (bytes) => bytesToHex(hmac(METHODS[method], key, bytes));
};

/** The authenticator `classic` without anything of Node. The key is an ordinary object's secret: it is in no field. */
export class ScriptAuthenticator extends ClassicSignatures {
  constructor(config: ClassicConfig) {
    super(config, hmacOfScript);
  }
}

/** Provides the authenticator `classic` on Lambda, Workers and Node; a function imports it in place of the package itself. */
export default definePlugin({
  name: "auth-classic",
  version: "0.1.0",
  runtimes: ["node", "lambda", "workers"],
  config: ClassicConfig,
  register(host, config) {
    host.provide(Authenticator, "classic", {
      inject: [],
      create: () => new ScriptAuthenticator(config),
    });
  },
});
