// Signs frames with HMAC-SHA-256 under one key. A signature is `<key index> <digest>`, and counts in full length only.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Authenticator, Verdict } from "@systole/sdk";

/** The index under which the key is known to all nodes. */
const KEY_INDEX = 1;
const SIGNATURE = /^(\d{1,10}) ([0-9a-f]{64})$/;

export class TemplateNameAuthenticator implements Authenticator {
  readonly supports = { keyed: true };
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  sign(bytes: Uint8Array): string {
    return `${KEY_INDEX} ${this.#digest(bytes)}`;
  }

  /** Never throws: the outside world may send anything. */
  verify(bytes: Uint8Array, signature: string): Verdict {
    const [, index, digest] = SIGNATURE.exec(signature) ?? [];
    if (index === undefined || digest === undefined) return { ok: false, reason: "malformed" };
    if (index !== String(KEY_INDEX)) return { ok: false, reason: "unknown-key" };
    return timingSafeEqual(Buffer.from(digest), Buffer.from(this.#digest(bytes)))
      ? { ok: true, key: KEY_INDEX }
      : { ok: false, reason: "mismatch" };
  }

  #digest(bytes: Uint8Array): string {
    return createHmac("sha256", this.#key).update(bytes).digest("hex");
  }
}
