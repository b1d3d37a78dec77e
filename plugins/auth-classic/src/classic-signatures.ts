// Signs and judges as heartbeat does, but always by the entry that a signature names: neither the sender nor the packet
// chooses the method or how much of a digest counts.
import { SystoleError, type Authenticator, type RefusalReason, type Verdict } from "@systole/sdk";
import type { ClassicConfig, ClassicKey } from "./classic-config.js";
import { crc32 } from "./crc32.js";

/** Hexadecimal, lower-case. */
export type Digest = (bytes: Uint8Array) => string;
/** The HMAC of a method with a key, as far as the host has it; the key must not be visible in what it returns. Throws where it has not. */
export type HmacOf = (method: "md5" | "sha1", key: string) => Digest;

/** `<index> <digest>`, in the one spelling that heartbeat writes; sha1 is the longest. */
const SIGNATURE = /^(0|[1-9]\d?) ([0-9a-f]{1,40})$/;

/**
 * What the authenticator `classic` is on every host. Every listed entry is accepted, but a crc only while the signing entry is a crc itself, or `crcToo`
 * says so: otherwise anybody could forge with the weakest entry. Throws `AUTHKEYS_INVALID` when this host lacks a method.
 */
export class ClassicSignatures implements Authenticator {
  readonly supports: { readonly keyed: boolean; readonly rotating: boolean };
  readonly #accepted: ReadonlyMap<number, Digest>;
  readonly #signing: number;
  readonly #digest: Digest;

  constructor(config: ClassicConfig, hmacOf: HmacOf) {
    const signing = config.keys.find(({ index }) => index === config.sign);
    if (signing === undefined) throw unusable(`no entry has the index ${config.sign} that signs`);
    const keyed = signing.method !== "crc";
    const usable = config.keys.filter(({ method }) => !keyed || config.crcToo === true || method !== "crc");
    // heartbeat verifies with the key that it signs with itself; where all keys are the same text, that is the right one.
    const rotating = keyed && config.keys.some((entry) => keyOf(entry) !== keyOf(signing));
    this.supports = Object.freeze({ keyed, rotating });
    this.#accepted = new Map(usable.map((entry) => [entry.index, digestOf(entry, hmacOf)]));
    this.#signing = config.sign;
    this.#digest = digestOf(signing, hmacOf);
  }

  sign(bytes: Uint8Array): string {
    return `${this.#signing} ${this.#digest(bytes)}`;
  }

  verify(bytes: Uint8Array, signature: string): Verdict {
    const match = SIGNATURE.exec(signature);
    if (match === null) return refusal("malformed");
    const key = Number(match[1]);
    const digest = this.#accepted.get(key);
    if (digest === undefined) return refusal("unknown-key");
    return sameText(digest(bytes), match[2] ?? "") ? { ok: true, key } : refusal("mismatch");
  }
}

function keyOf(entry: ClassicKey): string | undefined {
  return entry.method === "crc" ? undefined : entry.key;
}

function refusal(reason: RefusalReason): Verdict {
  return { ok: false, reason };
}

function digestOf(entry: ClassicKey, hmacOf: HmacOf): Digest {
  if (entry.method === "crc") return (bytes) => crc32(bytes).toString(16);
  const { method } = entry;
  try {
    const digest = hmacOf(method, entry.key);
    digest(new Uint8Array());
    return digest;
  } catch (cause) {
    throw unusable(`this host cannot compute ${method} (an OpenSSL may be in FIPS mode)`, cause);
  }
}

/** Compares whole texts in a time that does not depend on where they differ. */
function sameText(expected: string, received: string): boolean {
  if (expected.length !== received.length) return false;
  let difference = 0;
  for (let at = 0; at < expected.length; at += 1)
    difference |= expected.charCodeAt(at) ^ received.charCodeAt(at);
  return difference === 0;
}

function unusable(why: string, cause?: unknown): SystoleError {
  return new SystoleError(
    "AUTHKEYS_INVALID",
    `The authentication keys cannot be used: ${why}. Sign with another entry.`,
    {
      cause,
    },
  );
}
