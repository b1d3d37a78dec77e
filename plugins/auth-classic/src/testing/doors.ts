/** Where foreign bytes come into classic signatures, for the fuzzer. @packageDocumentation */
import assert from "node:assert/strict";
import { ClassicAuthenticator } from "../classic-authenticator.js";

const KEYS = [
  { index: 1, method: "sha1" as const, key: "one" },
  { index: 2, method: "md5" as const, key: "two" },
];
const authenticator = new ClassicAuthenticator({ sign: 1, keys: KEYS });
const SIGNED = Buffer.from("###\n%%%\n");

export const doors = [
  {
    name: "signature",
    promise:
      "one text for each key is believed, of the method that the key has; every other is refused with a word",
    words: ["1 ", "2 ", "01 ", "crc", "0".repeat(40), "0".repeat(32), " "],
    seeds: [authenticator.sign(SIGNED), new ClassicAuthenticator({ sign: 2, keys: KEYS }).sign(SIGNED)],
    feed(bytes: Uint8Array): string {
      const signature = Buffer.from(bytes).toString("latin1");
      const verdict = authenticator.verify(SIGNED, signature);
      if (!verdict.ok) return verdict.reason;
      const own = new ClassicAuthenticator({ sign: verdict.key, keys: KEYS }).sign(SIGNED);
      assert.equal(signature.toLowerCase(), own);
      return `key ${verdict.key}`;
    },
  },
];
