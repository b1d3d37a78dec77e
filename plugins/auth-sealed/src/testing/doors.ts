/** Where foreign bytes come into sealed frames and their keys, for the fuzzer. @packageDocumentation */
import assert from "node:assert/strict";
import { SystoleError } from "@systole/sdk";
import { HEAD_BYTES, readFrame, SLOT_BYTES, TAG_BYTES, writeHead } from "../frame-layout.js";
import { formatPublicKeys, formatRevoked, formatSecretKeys, parsePublicKeys, parseRevoked, parseSecretKeys } from "../key-files.js"; // prettier-ignore
import { SecretKey } from "../node-key.js";
import { readNotice, writeNotice } from "../notice.js";
import { twoNodes, type SealedCluster } from "./sealed-cluster.js";

const SECRET = SecretKey.generate();
const KEY_FILES = {
  public: (text: string) => formatPublicKeys("a", parsePublicKeys(text, "a.pub")),
  secret: (text: string) => formatSecretKeys("a", parseSecretKeys(text, "node.key")),
  revoked: (text: string) => formatRevoked(parseRevoked(text, "revoked")),
};
const WORDS = ["x25519 ", "#", "\n", "AAAA", "=", " a\n"];

/** A frame of `master` that `cluster1` has not seen, in its parts: what of it is changed must not be believed. */
let made: Promise<{ cluster: SealedCluster; frame: Uint8Array }> | undefined;

function sealed(): Promise<{ cluster: SealedCluster; frame: Uint8Array }> {
  made ??= (async () => {
    const cluster = await twoNodes();
    return { cluster, frame: cluster.node("master").seal(Buffer.from("word"), "peers") };
  })();
  return made;
}

/** A frame with so many slots, which nobody has sealed. */
function layout(slots: number): Uint8Array {
  const head = writeHead(Buffer.alloc(8, 1), Buffer.alloc(16, 2), 5);
  return Buffer.concat([head, Uint8Array.of(slots), Buffer.alloc(slots * SLOT_BYTES + TAG_BYTES + 9, 3)]);
}

export const doors = [
  {
    name: "sealed-layout",
    promise: "parts that lie within the frame, or nothing, whatever the number of slots claims",
    words: [],
    seeds: [layout(0), layout(1), layout(2)],
    feed(bytes: Uint8Array): string {
      const parts = readFrame(bytes);
      if (parts === undefined) return "nothing";
      assert.ok(Number.isSafeInteger(parts.counter) && parts.body.length >= TAG_BYTES);
      assert.equal(HEAD_BYTES + 1 + parts.slots.length * SLOT_BYTES + parts.body.length, bytes.length);
      return `${Math.min(3, parts.slots.length)}`;
    },
  },
  {
    name: "sealed-frame",
    promise:
      "refused with a word, unless it is the very frame that the other node has sealed; and that is believed once",
    words: [],
    seeds: [Buffer.alloc(1), Buffer.from([40, 0xff]), Buffer.from([12, 1, 2, 3])],
    async feed(bytes: Uint8Array): Promise<string> {
      // Pairs of a place and a value that change a real frame; all zero changes nothing and is never given.
      const { cluster, frame } = await sealed();
      const changed = Uint8Array.from(frame);
      for (let at = 0; at + 1 < bytes.length; at += 2) {
        const place = ((bytes[at] ?? 0) * 7 + at) % changed.length;
        changed[place] = (changed[place] ?? 0) ^ (bytes[at + 1] ?? 0);
      }
      const isSame = Buffer.compare(changed, frame) === 0;
      const input = isSame ? changed.subarray(0, Math.max(0, changed.length - 1 - (bytes[0] ?? 0))) : changed;
      const opened = cluster.node("cluster1").open(input, "eth0");
      assert.ok(!opened.ok, "a frame that nobody has sealed was believed");
      return opened.reason;
    },
  },
  {
    name: "sealed-notice",
    promise: "what a node says of itself, within its bounds, or nothing",
    words: [],
    seeds: [writeNotice({ mode: "enforce", wantsAnswer: true, keys: [SECRET.public.bytes] })],
    feed(bytes: Uint8Array): string {
      const read = readNotice(bytes);
      if (read === undefined) return "nothing";
      const { notice, message } = read;
      assert.ok(notice.keys.every(({ length }) => length === 32));
      const again = readNotice(Buffer.concat([writeNotice(notice), message]));
      assert.deepEqual(again, read);
      return `${notice.mode} ${notice.keys.length}`;
    },
  },
  {
    name: "key-file",
    promise: "keys that can be written again, or KEYS_INVALID without a word of the file",
    words: WORDS,
    seeds: [
      `public\n${formatPublicKeys("a", [SECRET.public])}`,
      `secret\n${formatSecretKeys("a", [SECRET])}`,
      `revoked\n${formatRevoked([{ node: "a", key: SECRET.public }])}`,
    ],
    feed(bytes: Uint8Array): string {
      const text = Buffer.from(bytes).toString("utf8");
      const split = text.indexOf("\n");
      const kind = (["public", "secret", "revoked"] as const).find((one) => one === text.slice(0, split));
      if (kind === undefined) return "no file";
      try {
        const written = KEY_FILES[kind](text.slice(split + 1));
        assert.equal(KEY_FILES[kind](written), written);
        return `${kind} read`;
      } catch (error) {
        assert.ok(error instanceof SystoleError && error.code === "KEYS_INVALID", String(error));
        for (const word of text.slice(split + 1).split(/\s+/))
          if (word.length > 30) assert.ok(!error.message.includes(word), "a key is told");
        return `${kind} refused`;
      }
    },
  },
];
