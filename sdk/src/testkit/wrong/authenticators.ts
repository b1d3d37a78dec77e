// Authenticators that are wrong on purpose.
import type { Authenticator, Verdict } from "@systole/core/ports";
import type { AuthenticatorSubject } from "../authenticator-contract.js";
import type { SubjectSource } from "../contract.js";
import type { ContractTrial, WrongSubject } from "./contract-trial.js";

const FORM = /^(\d{1,3}) ([0-9a-f]+)$/;
const refused = (reason: "malformed" | "unknown-key" | "mismatch"): Verdict => ({ ok: false, reason });

/** Forty digits that depend on every byte, on the length and on the key. A toy: nothing here resists an attacker. */
function digestOf(key: string, bytes: Uint8Array): string {
  const lane = (seed: number): string => {
    let hash = seed;
    const mix = (byte: number): void => void (hash = Math.imul(hash ^ byte, 0x01000193) >>> 0);
    for (let index = 0; index < key.length; index += 1) mix(key.charCodeAt(index));
    for (const byte of bytes) mix(byte);
    return (Math.imul(hash ^ bytes.length, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0");
  };
  return [1, 2, 3, 4, 5].map((number) => lane(0x811c9dc5 + number)).join("");
}

/** What a sound authenticator looks like, with the places where one goes wrong. */
class Toy implements Authenticator {
  readonly supports = { keyed: true, rotating: true };
  /** Of the keys 2 and 3, the one that signs. */
  index = 2;
  constructor(protected readonly key: string) {}
  digest(bytes: Uint8Array): string {
    return digestOf(this.key, bytes);
  }
  sign(bytes: Uint8Array): string {
    return `${this.index} ${this.digest(bytes)}`;
  }
  verify(bytes: Uint8Array, signature: string): Verdict {
    const [, key, digest] = FORM.exec(signature) ?? [];
    if (key === undefined || digest === undefined) return refused("malformed");
    if (!this.isListed(Number(key))) return this.unknown(bytes, digest);
    return this.matches(bytes, digest) ? { ok: true, key: Number(key) } : refused("mismatch");
  }
  isListed(index: number): boolean {
    return index === 2 || index === 3;
  }
  unknown(_bytes: Uint8Array, _digest: string): Verdict {
    return refused("unknown-key");
  }
  matches(bytes: Uint8Array, digest: string): boolean {
    return digest === this.digest(bytes);
  }
}

/** Accepts whatever the digest begins with. */
class PrefixAcceptor extends Toy {
  override matches = (bytes: Uint8Array, digest: string) => this.digest(bytes).startsWith(digest);
}
/** Looks at as many digits as its own digest has. */
class SuffixBlind extends Toy {
  override matches = (bytes: Uint8Array, digest: string) => digest.startsWith(this.digest(bytes));
}
class EmptyAcceptor extends Toy {
  override verify(bytes: Uint8Array, signature: string): Verdict {
    return signature === "" ? { ok: true, key: 2 } : super.verify(bytes, signature);
  }
}
class KeyOnlyAcceptor extends Toy {
  override verify(bytes: Uint8Array, signature: string): Verdict {
    const [key, digest] = signature.split(" ");
    return key === "2" && !digest ? { ok: true, key: 2 } : super.verify(bytes, signature);
  }
}
class HeadReader extends Toy {
  override digest = (bytes: Uint8Array) => digestOf(this.key, bytes.subarray(0, 64));
}
class Padder extends Toy {
  override digest(bytes: Uint8Array): string {
    const padded = new Uint8Array(8192);
    padded.set(bytes);
    return digestOf(this.key, padded);
  }
}
class Keyless extends Toy {
  override digest = (bytes: Uint8Array) => digestOf("same for all", bytes);
}
class FirstDigits extends Toy {
  override matches = (bytes: Uint8Array, digest: string) =>
    digest.length === 40 && digest.slice(0, 8) === this.digest(bytes).slice(0, 8);
}
class AnyKey extends Toy {
  override unknown(bytes: Uint8Array, digest: string): Verdict {
    return this.matches(bytes, digest) ? { ok: true, key: 2 } : refused("mismatch");
  }
}
class LooseIndex extends Toy {
  override verify(bytes: Uint8Array, signature: string): Verdict {
    const [key = "", digest = ""] = signature.split(" ");
    return Number(key) === 2 ? super.verify(bytes, `2 ${digest}`) : super.verify(bytes, signature);
  }
}
class Thrower extends Toy {
  override verify(bytes: Uint8Array, signature: string): Verdict {
    decodeURIComponent(signature.includes("\0") ? "%" : "fine");
    return super.verify(bytes, signature);
  }
}
class Counter extends Toy {
  #failures = 0;
  override verify(bytes: Uint8Array, signature: string): Verdict {
    const verdict = super.verify(bytes, signature);
    if (!verdict.ok) this.#failures += 1;
    return this.#failures > 0 ? refused("mismatch") : verdict;
  }
}
class Paranoid extends Toy {
  override verify = () => refused("mismatch");
}
class Boaster extends Keyless {
  override readonly supports = { keyed: true, rotating: true };
}
class OwnKeyOnly extends Toy {
  override isListed = (index: number) => index === this.index;
}
class SilentRotator extends Toy {
  override readonly supports = { keyed: true, rotating: false };
}

function source(Made: new (key: string) => Toy): SubjectSource<AuthenticatorSubject> {
  return {
    open: () => {
      const rotated = new Made("ours");
      rotated.index = 3;
      return { authenticator: new Made("ours"), stranger: new Made("theirs"), rotated };
    },
  };
}

function wrong(
  name: string,
  Made: new (key: string) => Toy,
  ...caughtBy: string[]
): WrongSubject<AuthenticatorSubject> {
  return { name, source: source(Made), caughtBy };
}

export const authenticators: ContractTrial<AuthenticatorSubject> = {
  right: source(Toy),
  wrong: [
    wrong("accepts a prefix of the digest", PrefixAcceptor, "refuses-part-of-digest"),
    wrong("ignores what follows the digest", SuffixBlind, "refuses-longer-digest"),
    wrong("accepts an empty signature", EmptyAcceptor, "refuses-empty-signature"),
    wrong("accepts a key index alone", KeyOnlyAcceptor, "refuses-empty-signature"),
    wrong("signs the head of a frame only", HeadReader, "covers-every-byte"),
    wrong("pads frames", Padder, "covers-the-length"),
    wrong("uses the same key for everybody", Keyless, "needs-the-key"),
    wrong("compares the first digits", FirstDigits, "refuses-other-digest"),
    wrong("takes any key index for its own", AnyKey, "says-unknown-key"),
    wrong("parses key indexes loosely", LooseIndex, "refuses-odd-key-index"),
    wrong("throws on odd text", Thrower, "survives-garbage"),
    wrong("remembers failures", Counter, "keeps-no-state"),
    wrong("refuses everything", Paranoid, "accepts-its-own"),
    wrong("says that it is keyed and is not", Boaster, "keyed-is-true"),
    wrong("accepts the key only that it signs with", OwnKeyOnly, "accepts-listed-keys"),
    wrong("does not say that it rotates", SilentRotator, "rotating-is-true"),
  ],
};
