// Whatever is captured, the tools answer with data: no exception, no control character, no endless memory.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { goldenScenario } from "../testkit/golden-files.js";
import { Datagrams, type Datagram } from "./datagrams.js";
import { jsonLine } from "./field-json.js";
import { packetJson, packetLine } from "./packet-line.js";
import { PcapStream } from "./pcap-stream.js";
import { readFrame } from "./read-frame.js";
import { WireKeys } from "./wire-keys.js";

const keys = new WireKeys({ sign: 1, keys: [{ index: 1, method: "sha1", key: "compkey" }] });
const samples = goldenScenario("comp-zlib").packets.map(({ payload }) => payload);
const NUMBERS = [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

const edits = fc.array(fc.record({ at: fc.nat(600), cut: fc.nat(6), put: fc.uint8Array({ maxLength: 6 }) }), {
  minLength: 1,
  maxLength: 4,
});
const damaged = fc.tuple(fc.constantFrom(...samples), edits).map(([sample, changes]) => {
  let bytes = [...sample];
  for (const { at, cut, put } of changes) bytes = bytes.toSpliced(at % (bytes.length + 1), cut, ...put);
  return new Uint8Array(bytes);
});
const anything = fc.oneof(fc.uint8Array({ maxLength: 300 }), damaged);

/** An IPv4 packet around UDP from port 694 to port 694. */
function packetOf(
  payload: Uint8Array,
  changes: { more?: boolean; offset?: number; id?: number } = {},
): Uint8Array {
  const { more = false, offset = 0, id = 7 } = changes;
  const udp = offset === 0 ? [2, 182, 2, 182, ...sixteen(payload.length + 8), 0, 0] : [];
  const length = 20 + udp.length + payload.length;
  const flags = (more ? 0x2000 : 0) | (offset >> 3);
  const head = [0x45, 0, ...sixteen(length), ...sixteen(id), ...sixteen(flags), 64, 17, 0, 0];
  return new Uint8Array([...head, 10, 0, 0, 1, 10, 0, 0, 2, ...udp, ...payload]);
}
const sixteen = (value: number): number[] => [(value >> 8) & 255, value & 255];

function pcapOf(packets: readonly Uint8Array[], linkType = 101): Uint8Array {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt32LE(linkType, 20);
  const records = packets.map((packet) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(1000, 0);
    record.writeUInt32LE(500_000, 4);
    record.writeUInt32LE(packet.length, 8);
    record.writeUInt32LE(packet.length, 12);
    return Buffer.concat([record, packet]);
  });
  return new Uint8Array(Buffer.concat([head, ...records]));
}

describe("a frame of anybody", () => {
  it("is read without an exception, into ASCII", () => {
    fc.assert(
      fc.property(anything, (bytes) => {
        const line = jsonLine(readFrame(bytes, { keys, reencode: true }));
        expect(/^[ -~]*\n$/.test(line)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("is one line for people too", () => {
    const datagram: Datagram = { from: "a", to: "b", ports: [694, 694], payload: new Uint8Array() };
    fc.assert(
      fc.property(anything, (payload) => {
        const seen = { ...datagram, payload, wallMs: 0 };
        for (const line of [packetLine(seen, keys), packetLine(seen, undefined), packetJson(seen, keys)]) {
          // eslint-disable-next-line no-control-regex -- what could move a cursor
          expect(/^[^\x00-\x1f\x7f-\x9f]*\n$/.test(line)).toBe(true);
        }
        // JSON shows everything that is in a message; a line for people does not.
        expect(packetLine(seen, keys).length).toBeLessThan(10_000);
      }),
    );
  });
});

describe("a capture", () => {
  it("gives its packets, however it is cut", () => {
    const [payload = new Uint8Array()] = samples;
    const capture = pcapOf([packetOf(payload), packetOf(payload)]);
    const expected = { from: "10.0.0.1:694", to: "10.0.0.2:694", ports: [694, 694], payload };
    for (const size of [1, 7, 100, capture.length]) {
      const stream = new PcapStream();
      const datagrams = new Datagrams();
      const seen: unknown[] = [];
      for (let at = 0; at < capture.length; at += size)
        for (const { packet, wallMs } of stream.push(capture.subarray(at, at + size)))
          seen.push(wallMs, datagrams.take(packet));
      expect(seen).toEqual([1_000_500, expected, 1_000_500, expected]);
    }
  });

  it.each(NUMBERS)("with %d in a length is read or refused", (number) => {
    const [payload = new Uint8Array()] = samples;
    for (const at of [0, 20, 24, 28, 32, 36]) {
      const capture = pcapOf([packetOf(payload)]);
      Buffer.from(capture.buffer).writeUInt32LE(number, at);
      const taken = ((): unknown => {
        try {
          return new PcapStream().push(capture).map(({ packet }) => new Datagrams().take(packet));
        } catch (error) {
          return error;
        }
      })();
      expect(Array.isArray(taken) || taken instanceof Error).toBe(true);
    }
  });

  it("of random bytes never does more than refuse", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(0, 1, 101, 113, 276),
        (bytes, linkType) => {
          const packets = new PcapStream().push(pcapOf([bytes], linkType));
          expect(packets).toHaveLength(1);
          const datagrams = new Datagrams();
          for (const { packet } of packets) expect(() => datagrams.take(packet)).not.toThrow();
        },
      ),
    );
  });
});

describe("fragments", () => {
  const large = new Uint8Array(60_000).map((_, at) => at);
  const pieces = (id: number): Uint8Array[] => {
    const first = packetOf(large.subarray(0, 1472), { id, more: true });
    const rest = [];
    for (let at = 1472; at < large.length; at += 1480) {
      const piece = large.subarray(at, at + 1480);
      rest.push(packetOf(piece, { id, offset: at + 8, more: at + 1480 < large.length }));
    }
    // The length of the datagram stands in its first piece.
    first.set(sixteen(large.length + 8), 24);
    return [first, ...rest];
  };

  it("of a large message become one datagram, in any order", () => {
    for (const order of [pieces(1), pieces(1).toReversed()]) {
      const datagrams = new Datagrams();
      const taken = order.map((piece) => datagrams.take(piece)).filter((each) => each !== undefined);
      expect(taken.map(({ payload }) => Buffer.compare(payload, large))).toEqual([0]);
    }
  });

  it("that never end are forgotten", () => {
    const datagrams = new Datagrams();
    for (let id = 0; id < 1000; id += 1) datagrams.take(packetOf(large.subarray(0, 8), { id, more: true }));
    const taken = pieces(5000).map((piece) => datagrams.take(piece));
    expect(taken.at(-1)?.payload).toHaveLength(60_000);
  });

  it("with any numbers do no harm", () => {
    const piece = fc.record({ offset: fc.nat(65_528), more: fc.boolean(), id: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(fc.tuple(piece, fc.nat(3000)), { maxLength: 40 }), (list) => {
        const datagrams = new Datagrams();
        for (const [changes, length] of list) {
          const taken = datagrams.take(packetOf(large.subarray(0, length), changes));
          expect((taken?.payload.length ?? 0) <= 65_535).toBe(true);
        }
      }),
    );
  });
});
