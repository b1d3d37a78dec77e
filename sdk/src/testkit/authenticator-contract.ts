// What every authenticator must do, as data: mostly, what it must not let pass.
import type { Authenticator, Verdict } from "@systole/core/ports";
import type { ContractCase } from "./contract.js";
import { expectEqual, expectThat } from "./expectations.js";

export interface AuthenticatorSubject {
  readonly authenticator: Authenticator;
  /** The same method under the same key index with another key. Required of a method that is `keyed`. */
  readonly stranger?: Authenticator;
  /** The same keys, of which another one signs. Required of one that is `rotating`. */
  readonly rotated?: Authenticator;
}

/** What a subject offers: by what it has, and `keyed` and `rotating` by what the authenticator says that it supports. */
export function authenticatorOffers({
  authenticator,
  stranger,
  rotated,
}: AuthenticatorSubject): readonly string[] {
  return [
    ...(authenticator.supports.keyed ? ["keyed"] : []),
    ...(authenticator.supports.rotating === true ? ["rotating"] : []),
    ...(stranger === undefined ? [] : ["stranger"]),
    ...(rotated === undefined ? [] : ["rotated"]),
  ];
}

const frame = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index * 31 + 7) & 0xff);
const FRAMES = [frame(0), frame(1), frame(200), frame(4096)];
const SIGNATURE = /^(\d+) (\S+)$/;

interface Parts {
  readonly signature: string;
  readonly key: string;
  readonly digest: string;
}

function signed(authenticator: Authenticator, bytes: Uint8Array): Parts {
  const signature = authenticator.sign(bytes);
  const [, key, digest] = SIGNATURE.exec(signature) ?? [];
  if (key === undefined || digest === undefined)
    throw new Error(`a signature is "<key index> <digest>", this one is ${JSON.stringify(signature)}`);
  return { signature, key, digest };
}

/** The verdict; throwing is a breach of its own. */
function judge(authenticator: Authenticator, bytes: Uint8Array, signature: string): Verdict {
  try {
    return authenticator.verify(bytes, signature);
  } catch (thrown) {
    throw new Error(`verify threw on ${JSON.stringify(signature.slice(0, 80))}: ${String(thrown)}`, {
      cause: thrown,
    });
  }
}

function expectRefused(
  authenticator: Authenticator,
  bytes: Uint8Array,
  signature: string,
  what: string,
): void {
  const verdict = judge(authenticator, bytes, signature);
  expectThat(!verdict.ok, `${what} was accepted: ${JSON.stringify(signature.slice(0, 80))}`);
}

/** Refuses for the same frame each of the altered signatures. */
function refusesAll(
  what: string,
  alter: (parts: Parts) => readonly string[],
): (subject: AuthenticatorSubject) => Promise<void> {
  return async ({ authenticator }) => {
    const bytes = frame(200);
    for (const altered of alter(signed(authenticator, bytes)))
      expectRefused(authenticator, bytes, altered, what);
  };
}

function otherDigit(digit: string): string {
  return digit === "0" ? "1" : "0";
}

export const authenticatorContract: readonly ContractCase<AuthenticatorSubject>[] = [
  {
    id: "accepts-its-own",
    name: "accepts what it signed and says under which key",
    async run({ authenticator }) {
      for (const bytes of FRAMES) {
        const { signature, key } = signed(authenticator, bytes);
        const verdict = judge(authenticator, bytes, signature);
        expectEqual(verdict, { ok: true, key: Number(key) }, `its own signature of ${bytes.length} bytes`);
      }
    },
  },
  {
    id: "keeps-no-state",
    name: "judges the same frame the same way again, and signs it the same way",
    async run({ authenticator }) {
      const bytes = frame(200);
      const { signature } = signed(authenticator, bytes);
      expectRefused(authenticator, bytes, "1 nonsense", "nonsense");
      expectThat(judge(authenticator, bytes, signature).ok, "refused its own signature after a bad one");
      expectThat(judge(authenticator, bytes, signature).ok, "refused its own signature the second time");
      expectEqual(authenticator.sign(bytes), signature, "the second signature");
    },
  },
  {
    id: "covers-every-byte",
    name: "refuses a frame of which any byte has changed",
    async run({ authenticator }) {
      const bytes = frame(200);
      const { signature } = signed(authenticator, bytes);
      for (let index = 0; index < bytes.length; index += 1) {
        const altered = bytes.slice();
        altered[index] = (altered[index] ?? 0) ^ 1;
        expectRefused(authenticator, altered, signature, `a frame with byte ${index} changed`);
      }
    },
  },
  {
    id: "covers-the-length",
    name: "refuses a frame that was cut or lengthened",
    async run({ authenticator }) {
      const bytes = frame(200);
      const { signature } = signed(authenticator, bytes);
      for (const length of [0, 1, 199, 201]) {
        const altered = new Uint8Array(length);
        altered.set(bytes.subarray(0, Math.min(length, bytes.length)));
        expectRefused(authenticator, altered, signature, `a frame of ${length} instead of 200 bytes`);
      }
    },
  },
  {
    id: "refuses-empty-signature",
    name: "refuses an empty signature, and one without a digest",
    run: refusesAll("a signature without a digest", ({ key }) => ["", " ", key, `${key} `, `${key}  `]),
  },
  {
    id: "refuses-part-of-digest",
    name: "counts a digest in full length only",
    run: refusesAll("a part of the digest", ({ key, digest }) => [
      ...Array.from({ length: digest.length }, (_, length) => `${key} ${digest.slice(0, length)}`),
      `${key} ${digest.slice(1)}`,
    ]),
  },
  {
    id: "refuses-longer-digest",
    name: "refuses a digest with something behind it",
    run: refusesAll("a digest with something behind it", ({ signature }) => [
      `${signature}0`,
      `${signature}\0`,
      `${signature} 0`,
    ]),
  },
  {
    id: "refuses-other-digest",
    name: "refuses a digest of which any digit has changed",
    run: refusesAll("a changed digest", ({ key, digest }) =>
      Array.from(
        digest,
        (digit, index) => `${key} ${digest.slice(0, index)}${otherDigit(digit)}${digest.slice(index + 1)}`,
      ),
    ),
  },
  {
    id: "says-unknown-key",
    name: "says unknown-key of a key index that it does not have",
    async run({ authenticator }) {
      const bytes = frame(200);
      const { digest } = signed(authenticator, bytes);
      const verdict = judge(authenticator, bytes, `99 ${digest}`);
      expectEqual(verdict, { ok: false, reason: "unknown-key" }, "key index 99");
    },
  },
  {
    id: "refuses-odd-key-index",
    name: "takes a key index in plain digits only",
    run: refusesAll("an odd key index", ({ key, digest }) =>
      [`-${key}`, `+${key}`, `${key}.0`, `0x${key}`, `${key}e0`, "", "NaN", "__proto__"].map(
        (odd) => `${odd} ${digest}`,
      ),
    ),
  },
  {
    id: "survives-garbage",
    name: "refuses hostile text without throwing",
    run: refusesAll("hostile text", ({ key }) => [
      "\0",
      "é 💥",
      `${key} \u{1F4A5}\u0000`,
      `${key} ${"f".repeat(1_000_000)}`,
      "9".repeat(100_000),
      `${"9".repeat(400)} 00`,
    ]),
  },
  {
    id: "needs-the-key",
    name: "refuses what somebody with another key signed",
    needs: "keyed",
    async run({ authenticator, stranger }) {
      expectThat(stranger !== undefined, "a keyed subject needs a stranger");
      for (const bytes of FRAMES)
        expectRefused(authenticator, bytes, stranger.sign(bytes), "a stranger's signature");
    },
  },
  {
    id: "keyed-is-true",
    name: "says that it is keyed if, and only if, another key makes a difference",
    needs: "stranger",
    async run({ authenticator, stranger }) {
      const bytes = frame(200);
      const accepted =
        stranger !== undefined && judge(authenticator, bytes, stranger.sign(bytes)).ok === true;
      const { keyed } = authenticator.supports;
      expectThat(
        accepted !== keyed,
        `supports.keyed is ${keyed}, yet another key ${accepted ? "passes" : "fails"}`,
      );
    },
  },
  {
    id: "accepts-listed-keys",
    name: "accepts what another of its keys signed, and says which",
    needs: "rotating",
    async run({ authenticator, rotated }) {
      expectThat(rotated !== undefined, "a rotating subject needs one that signs with another of its keys");
      const bytes = frame(200);
      const { signature, key } = signed(rotated, bytes);
      expectThat(key !== signed(authenticator, bytes).key, "the rotated subject signs with the same key");
      expectEqual(
        judge(authenticator, bytes, signature),
        { ok: true, key: Number(key) },
        "another listed key",
      );
    },
  },
  {
    id: "rotating-is-true",
    name: "says that it is rotating when it accepts more than one key",
    needs: "rotated",
    async run({ authenticator }) {
      expectEqual(authenticator.supports.rotating, true, "supports.rotating with two keys listed");
    },
  },
];
