import { createHmac } from "node:crypto";
import type { Authenticator, Verdict } from "@systole/core/ports";
import { describe, expect, it } from "vitest";
import { authenticatorContract } from "./authenticator-contract.js";
import { contractFor } from "./contracts.js";
import { runContract } from "./contract.js";

const FORM = /^(\d{1,3}) ([0-9a-f]+)$/;
const refused = (reason: "malformed" | "unknown-key" | "mismatch"): Verdict => ({ ok: false, reason });

/** What a sound authenticator looks like, with the places where one goes wrong. */
class Toy implements Authenticator {
  readonly supports = { keyed: true, rotating: true };
  /** Of the keys 2 and 3, the one that signs. */
  index = 2;
  readonly #key: string;
  constructor(key: string) {
    this.#key = key;
  }
  digest(bytes: Uint8Array): string {
    return createHmac("sha1", this.#key).update(bytes).digest("hex");
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
  override digest = (bytes: Uint8Array) =>
    createHmac("sha1", "k").update(bytes.subarray(0, 64)).digest("hex");
}
class Padder extends Toy {
  override digest(bytes: Uint8Array): string {
    const padded = new Uint8Array(8192);
    padded.set(bytes);
    return createHmac("sha1", "k").update(padded).digest("hex");
  }
}
class Keyless extends Toy {
  override digest = (bytes: Uint8Array) => createHmac("sha1", "same for all").update(bytes).digest("hex");
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

const wrong: readonly (readonly [string, new (key: string) => Authenticator, string])[] = [
  ["accepts a prefix of the digest", PrefixAcceptor, "refuses-part-of-digest"],
  ["ignores what follows the digest", SuffixBlind, "refuses-longer-digest"],
  ["accepts an empty signature", EmptyAcceptor, "refuses-empty-signature"],
  ["accepts a key index alone", KeyOnlyAcceptor, "refuses-empty-signature"],
  ["signs the head of a frame only", HeadReader, "covers-every-byte"],
  ["pads frames", Padder, "covers-the-length"],
  ["uses the same key for everybody", Keyless, "needs-the-key"],
  ["compares the first digits", FirstDigits, "refuses-other-digest"],
  ["takes any key index for its own", AnyKey, "says-unknown-key"],
  ["parses key indexes loosely", LooseIndex, "refuses-odd-key-index"],
  ["throws on odd text", Thrower, "survives-garbage"],
  ["remembers failures", Counter, "keeps-no-state"],
  ["refuses everything", Paranoid, "accepts-its-own"],
  ["says that it is keyed and is not", Boaster, "keyed-is-true"],
  ["accepts the key only that it signs with", OwnKeyOnly, "accepts-listed-keys"],
  ["does not say that it rotates", SilentRotator, "rotating-is-true"],
];

function run(make: new (key: string) => Authenticator) {
  const authenticator = new make("ours");
  const rotated = new make("ours");
  if (rotated instanceof Toy) rotated.index = 3;
  return runContract(contractFor("authenticator"), {
    open: () => ({ authenticator, stranger: new make("theirs"), rotated }),
  });
}

describe("authenticatorContract", () => {
  it("finds nothing wrong with a sound authenticator", async () => {
    expect((await run(Toy)).filter((result) => result.outcome !== "passed")).toEqual([]);
  });

  it.each(wrong)("catches an authenticator that %s", async (_, make, id) => {
    expect((await run(make)).find((result) => result.id === id)).toMatchObject({ outcome: "failed" });
  });

  it("has a wrong authenticator for every case", () => {
    const caught = new Set(wrong.map(([, , id]) => id));
    expect(authenticatorContract.map(({ id }) => id).filter((id) => !caught.has(id))).toEqual([]);
  });
});
