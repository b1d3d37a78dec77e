// Signs frames with HMAC-SHA-512. Several keys are accepted, one signs: so keys can be changed node by node.
import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Authenticator, Verdict } from "@systole/sdk";
import type { CustomConfig } from "./config.js";

const SIGNATURE = /^([1-9]\d{0,2}) ([0-9a-f]{128})$/;

export class HmacAuthenticator implements Authenticator {
  readonly supports: Authenticator["supports"];
  readonly #keys: ReadonlyMap<number, string>;

  constructor(
    private readonly signs: number,
    keys: ReadonlyMap<number, string>,
  ) {
    if (!keys.has(signs)) throw new Error(`hmac: there is no key ${signs}, which shall sign`);
    this.#keys = keys;
    this.supports = { keyed: true, rotating: keys.size > 1 };
  }

  sign(bytes: Uint8Array): string {
    return `${this.signs} ${digest(bytes, this.#keys.get(this.signs) ?? "")}`;
  }

  verify(bytes: Uint8Array, signature: string): Verdict {
    const [, index, claimed] = SIGNATURE.exec(signature) ?? [];
    if (claimed === undefined) return { ok: false, reason: unreadable(signature) };
    const key = this.#keys.get(Number(index));
    if (key === undefined) return { ok: false, reason: "unknown-key" };
    return timingSafeEqual(Buffer.from(claimed), Buffer.from(digest(bytes, key)))
      ? { ok: true, key: Number(index) }
      : { ok: false, reason: "mismatch" };
  }
}

/** Full paths of files, each with one key. */
export function readKeys(keys: CustomConfig["hmac"]["keys"]): ReadonlyMap<number, string> {
  return new Map(keys.map(({ index, file }) => [index, readFileSync(file, "utf8").trim()]));
}

function digest(bytes: Uint8Array, key: string): string {
  return createHmac("sha512", key).update(bytes).digest("hex");
}

function unreadable(signature: string): "malformed" | "mismatch" {
  return /^[1-9]\d* [0-9a-f]+$/.test(signature) ? "mismatch" : "malformed";
}
