// The doors of the tools that look at packets: captures, IP packets in pieces, and frames of anybody.
import assert from "node:assert/strict";
import { sealFrame } from "@systole/core/message";
import { textMessage } from "@systole/core/ports";
import { Datagrams } from "../wire/datagrams.js";
import { PcapStream } from "../wire/pcap-stream.js";
import { readFrame } from "../wire/read-frame.js";

const MAX_DATAGRAM = 65_535;
const KEYS = {
  verify: () => ({ ok: true, key: 1 }) as const,
  signer: () => ({
    supports: { keyed: false },
    sign: () => "1 0",
    verify: () => ({ ok: true, key: 1 }) as const,
  }),
};
const FRAME = sealFrame(textMessage({ t: "status", src: "master" }), KEYS.signer(), { innerSignature: true });

/** An IPv4 packet with UDP in it. */
function packet(payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(28 + payload.length);
  bytes[0] = 0x45;
  bytes.writeUInt16BE(bytes.length, 2);
  bytes[8] = 64;
  bytes[9] = 17;
  bytes.set([10, 0, 0, 1, 10, 0, 0, 2], 12);
  bytes.writeUInt16BE(694, 20);
  bytes.writeUInt16BE(694, 22);
  bytes.writeUInt16BE(8 + payload.length, 24);
  bytes.set(payload, 28);
  return bytes;
}

function capture(): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt32LE(1, 20);
  const record = Buffer.alloc(16);
  const frame = Buffer.concat([Buffer.alloc(12), Buffer.from([8, 0]), packet(FRAME)]);
  record.writeUInt32LE(frame.length, 8);
  record.writeUInt32LE(frame.length, 12);
  return Buffer.concat([head, record, frame]);
}

export const wireDoors = [
  {
    name: "pcap",
    promise: "packets, or an Error with a sentence; no packet has more bytes than came",
    seeds: [capture()],
    words: ["\xd4\xc3\xb2\xa1", "\x81\x00"],
    feed(bytes: Uint8Array): string {
      const stream = new PcapStream();
      let taken = 0;
      try {
        for (let at = 0; at < bytes.length; at += 50)
          for (const { packet: one } of stream.push(bytes.slice(at, at + 50))) taken += one.length;
      } catch (error) {
        assert.match(String(error), /^Error: .*(capture|claims|unknown)/);
        return "refused";
      }
      assert.ok(taken <= bytes.length);
      return `${taken > 0}`;
    },
  },
  {
    name: "ip-packet",
    promise: "one datagram of at most 64 KiB, or nothing, whatever header, pieces and lengths claim",
    seeds: [packet(FRAME), packet(new Uint8Array(8))],
    feed(bytes: Uint8Array): string {
      const datagrams = new Datagrams();
      const taken = datagrams.take(bytes);
      if (taken === undefined) return "nothing";
      assert.ok(taken.payload.length <= MAX_DATAGRAM && taken.payload.length <= bytes.length);
      return "datagram";
    },
  },
  {
    name: "read-frame",
    promise: "what a frame says, as data; never an exception",
    words: ["###\n", ">>>\n", "<<<\n", "%%%\n", "auth=1 0\n", "(2)", "_compressed_payload", "\x97"],
    seeds: [FRAME, ">>>\nt=x\nauth=1 0\n<<<\n"],
    feed(bytes: Uint8Array): string {
      const reading = readFrame(bytes, { keys: KEYS as never, reencode: true });
      assert.doesNotThrow(() => JSON.stringify(reading));
      return `${reading.form} ${reading.reason} ${reading.expandedReason}`;
    },
  },
];
