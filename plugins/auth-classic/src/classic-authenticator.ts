// Signs and judges as heartbeat does, but always by the entry that a signature names: neither the sender nor the packet
// chooses the method or how much of a digest counts.
import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from "node:crypto";
import { SystoleError, type Authenticator, type RefusalReason, type Verdict } from "@systole/sdk";
import type { ClassicConfig, ClassicKey } from "./classic-config.js";
import { crc32 } from "./crc32.js";

type Digest = (bytes: Uint8Array) => string;

/** `<index> <digest>`, in the one spelling that heartbeat writes; sha1 is the longest. */
const SIGNATURE = /^(0|[1-9]\d?) ([0-9a-f]{1,40})$/;

/**
 * The authenticator `classic`. Every listed entry is accepted, but a crc only while the signing entry is a crc itself, or `crcToo`
 * says so: otherwise anybody could forge with the weakest entry. Throws `AUTHKEYS_INVALID` when this Node lacks a method.
 */
export class ClassicAuthenticator implements Authenticator {
  readonly supports: { readonly keyed: boolean; readonly rotating: boolean };
  readonly #accepted: ReadonlyMap<number, Digest>;
  readonly #signing: number;
  readonly #digest: Digest;

  constructor(config: ClassicConfig) {
    const signing = config.keys.find(({ index }) => index === config.sign);
    if (signing === undefined) throw unusable(`no entry has the index ${config.sign} that signs`);
    const keyed = signing.method !== "crc";
    const usable = config.keys.filter(({ method }) => !keyed || config.crcToo === true || method !== "crc");
    // heartbeat verifies with the key that it signs with itself; where all keys are the same text, that is the right one.
    const rotating = keyed && config.keys.some((entry) => keyOf(entry) !== keyOf(signing));
    this.supports = Object.freeze({ keyed, rotating });
    this.#accepted = new Map(usable.map((entry) => [entry.index, digestOf(entry)]));
    this.#signing = config.sign;
    this.#digest = digestOf(signing);
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

/** The key itself goes into a KeyObject, which neither JSON nor an inspector can look into. */
function digestOf(entry: ClassicKey): Digest {
  if (entry.method === "crc") return (bytes) => crc32(bytes).toString(16);
  const key = createSecretKey(entry.key, "utf8");
  const { method } = entry;
  const digest: Digest = (bytes) => hmac(method, key, bytes);
  try {
    digest(new Uint8Array());
  } catch (cause) {
    throw unusable(`this Node.js cannot compute ${method} (its OpenSSL may be in FIPS mode)`, cause);
  }
  return digest;
}

function hmac(method: "md5" | "sha1", key: KeyObject, bytes: Uint8Array): string {
  return createHmac(method, key).update(bytes).digest("hex");
}

/** Compares whole texts in a time that does not depend on where they differ. */
function sameText(expected: string, received: string): boolean {
  if (expected.length !== received.length) return false;
  return timingSafeEqual(Buffer.from(expected, "latin1"), Buffer.from(received, "latin1"));
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
