/** Where foreign bytes come in from a broker, for the fuzzer. @packageDocumentation */
import assert from "node:assert/strict";
import { judgeMessage } from "../incoming.js";
import { MAX_PACKET_BYTES } from "../limits.js";
import { PacketGauge } from "../packet-gauge.js";
import { topicsOf } from "../topics.js";

const TOPICS = topicsOf("systole", "linux-ha", "master");

export const doors = [
  {
    name: "mqtt-packets",
    promise:
      "the same verdict however the bytes are cut, and none of a packet that is too large is waited for",
    words: ["\x30\xff\xff\xff\x7f", "\x30\xff\xff\xff\xff", "\x20\x02\0\0", "\x30\x80\x80\x04"],
    seeds: [
      Buffer.from([0x20, 2, 0, 0, 0x30, 5, 0, 1, 0x61, 1, 2]),
      Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]),
    ],
    feed(bytes: Uint8Array): string {
      const judged = (size: number): boolean => {
        const gauge = new PacketGauge(MAX_PACKET_BYTES);
        for (let at = 0; at < bytes.length; at += size)
          if (gauge.feed(bytes.subarray(at, at + size)) !== undefined) return true;
        return false;
      };
      const tooLarge = judged(bytes.length + 1);
      assert.equal(judged(3), tooLarge);
      return tooLarge ? "cut off" : "goes on";
    },
  },
  {
    name: "mqtt-message",
    promise: "of a node of this cluster, or refused with a word; what a broker has kept is nobody's word",
    words: ["systole/linux-ha/", "systole/linux-ha/+", "systole/linux-ha/a/b", "#", "retained\n", "\n"],
    seeds: [
      "systole/linux-ha/cluster1\nframe",
      "retained\nsystole/linux-ha/cluster1\nframe",
      "systole/linux-ha/cluster1\n",
    ],
    feed(bytes: Uint8Array): string {
      const text = Buffer.from(bytes).toString("utf8");
      const retained = text.startsWith("retained\n");
      const [topic = "", ...rest] = (retained ? text.slice(9) : text).split("\n");
      const judged = judgeMessage({ topic, payload: Buffer.from(rest.join("\n")), retained }, TOPICS);
      if (judged.kind === "refused") return judged.reason;
      assert.ok(!retained && /^[^+#/]+$/.test(judged.node));
      return judged.kind;
    },
  },
];
