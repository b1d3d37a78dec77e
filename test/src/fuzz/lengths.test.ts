// Every field that says how much follows, with every value that somebody has once forgotten: only the right one is believed, and
// what is refused is refused by name.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DOORS } from "./doors.js";
import { scratchHere, type Scratch } from "./scratch.js";
import { tryInput } from "./try-input.js";

let scratch: Scratch;
beforeAll(() => {
  scratch = scratchHere();
});
afterAll(() => scratch.remove());

interface LengthField {
  readonly field: string;
  readonly door: string;
  readonly exact: number;
  /** Largest that the field can hold. */
  readonly max: number;
  /** The input with that value in the field. */
  write(value: number): Uint8Array | string;
  /** What becomes of it with the exact value. */
  readonly believed: string;
  /** Other values that are legal, and what they then mean. */
  readonly legal?: Readonly<Record<number, string>>;
}

const U8 = 0xff;
const U16 = 0xffff;
const U32 = 2 ** 32 - 1;
/** Text has no width: a number that no memory has. */
const TEXT = 10 ** 20;

const binary = (hex: string, at: number, bits: 8 | 16 | 32, little: boolean) => (value: number) => {
  const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
  const width = bits / 8;
  if (little) bytes.writeUIntLE(value, at, width);
  else bytes.writeUIntBE(value, at, width);
  return bytes;
};
const frame = (fields: string): string => `###\n${fields}%%%\n3:1 0,`;
const field = (text: string): string => `${text.length}:${text},`;
const varint = (value: number): readonly number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];

const PACKET = "45000021 00000000 40110000 0a000001 0a000002 02b602b6 000d0000 68656c6c6f";
const PCAP =
  "d4c3b2a1 02000400 00000000 00000000 00000400 65000000 00000000 00000000 03000000 03000000 616263";
const ADDRESS_MESSAGE = "20000000 14000000 01000000 00000000 02180000 03000000 08000200 0a0ab4dc";
const REFUSAL =
  "2c000000 02000002 01000000 00000000 efffffff 10000000 14000506 07000000 00000000 07000100 6e6f0000";
const SEALED_HEAD = `53f2a9c1${"01".repeat(8)}${"02".repeat(16)}0000000000000005`;

const FIELDS: readonly LengthField[] = [
  {
    field: "netstring: field",
    door: "frame",
    exact: 6,
    max: TEXT,
    write: (value) => frame(`${value}:(0)t=x,`),
    believed: "netstring same expanded",
  },
  {
    field: "netstring: item of a list",
    door: "frame",
    exact: 3,
    max: TEXT,
    write: (value) => frame(field(`(3)l=${value}:abc,`)),
    believed: "netstring same expanded",
  },
  {
    field: "netstring: field of a nested message",
    door: "frame",
    exact: 6,
    max: TEXT,
    write: (value) => frame(field(`(2)s=###\n${value}:(0)t=x,%%%\n`)),
    believed: "netstring same expanded",
  },
  {
    field: "netstring: signature",
    door: "frame",
    exact: 3,
    max: TEXT,
    write: (value) => `###\n%%%\n${value}:1 0,`,
    believed: "netstring same expanded",
  },
  {
    field: "string form: item of a list",
    door: "frame",
    exact: 3,
    max: TEXT,
    write: (value) => `>>>\n(3)l=${value}:abc,\nauth=1 0\n<<<\n`,
    believed: "string same expanded",
  },
  {
    field: "sealed frame: receivers",
    door: "sealed-layout",
    exact: 1,
    max: U8,
    write: (value) => sealedWith(value),
    believed: "1",
    legal: { 0: "0" },
  },
  {
    field: "sealed frame: keys of its sender",
    door: "sealed-notice",
    exact: 1,
    max: U8,
    write: (value) => Buffer.concat([Uint8Array.of(3, value), Buffer.alloc(32, 7)]),
    believed: "enforce 1",
  },
  {
    field: "client API: frame",
    door: "api-frames",
    exact: 11,
    max: U32,
    write: (value) => binary("00000000 cdab0000 3e3e3e0a743d780a3c3c3c", 0, 32, true)(value),
    believed: "1 false",
    legal: { 1: "2 true", 10: "1 false" },
  },
  {
    field: "MQTT: remaining length",
    door: "mqtt-packets",
    exact: 2,
    max: 268_435_455,
    write: (value) => Uint8Array.from([0x20, ...varint(value), 0, 0]),
    believed: "goes on",
    legal: { 0: "goes on", 1: "goes on", 3: "goes on" },
  },
  {
    field: "netlink: message",
    door: "netlink",
    exact: 32,
    max: U32,
    write: binary(ADDRESS_MESSAGE, 0, 32, true),
    believed: "+-+",
  },
  {
    field: "netlink: attribute",
    door: "netlink",
    exact: 8,
    max: U16,
    write: binary(ADDRESS_MESSAGE, 24, 16, true),
    believed: "+-+",
  },
  {
    field: "netlink: echoed request",
    door: "netlink",
    exact: 16,
    max: U32,
    write: binary(REFUSAL, 20, 32, true),
    believed: "--+",
    legal: Object.fromEntries([0, 1, 15, 17, 2 ** 31, U32].map((value) => [value, "--+"])),
  },
  {
    field: "IPv4: header",
    door: "icmp",
    exact: 5,
    max: 15,
    write: (value) =>
      binary(
        `4${value.toString(16)}000020 00000000 40010000 0a000001 0a000002 00000000 00010002 6162`,
        1,
        8,
        false,
      )(0),
    believed: "+-",
  },
  {
    field: "IPv4: whole packet",
    door: "ip-packet",
    exact: 33,
    max: U16,
    write: binary(PACKET, 2, 16, false),
    believed: "datagram",
    // A tool to look with: it shows what came, and an interface that splits packets itself claims 0.
    legal: { 0: "datagram", 32: "datagram", 34: "datagram", 65_535: "datagram" },
  },
  {
    field: "UDP: datagram",
    door: "ip-packet",
    exact: 13,
    max: U16,
    write: binary(PACKET, 24, 16, false),
    believed: "datagram",
    legal: { 0: "datagram", 1: "datagram", 12: "datagram", 14: "datagram", 65_535: "datagram" },
  },
  {
    field: "capture: record",
    door: "pcap",
    exact: 3,
    max: U32,
    write: binary(PCAP, 32, 32, true),
    believed: "true",
    legal: { 1: "true", 2: "true" },
  },
  {
    field: "stored value",
    door: "store-file",
    exact: 5,
    max: TEXT,
    write: (value) => `systole-store-1 ${value} ${createHash("sha256").update("hello").digest("hex")}\nhello`,
    believed: "value",
  },
];

function sealedWith(slots: number): Uint8Array {
  const seed = DOORS.find(({ name }) => name === "sealed-layout")?.seeds[1];
  if (typeof seed !== "object") throw new Error("the door has no frame");
  const bytes = Uint8Array.from(seed);
  bytes[SEALED_HEAD.length / 2] = slots;
  return bytes;
}

function valuesFor({ exact, max }: LengthField): readonly number[] {
  const values = [0, 1, exact - 1, exact + 1, max, 2 ** 31, 2 ** 32 - 1].filter(
    (value) => value >= 0 && value <= max && value !== exact,
  );
  return [...new Set(values)];
}

async function becomes({ door: name, write }: LengthField, value: number): Promise<string> {
  const door = DOORS.find((candidate) => candidate.name === name);
  if (door === undefined) throw new Error(`no door is called ${name}`);
  const outcome = await tryInput(door, Buffer.from(write(value)));
  if (!outcome.kept) throw new Error(`${String(value)} breaks ${name}`, { cause: outcome.error });
  return outcome.word;
}

describe.each(FIELDS)("$field", (length) => {
  it("is believed when it is right", async () => {
    expect(await becomes(length, length.exact)).toBe(length.believed);
  });

  it.each(valuesFor(length).map((value) => ({ value })))(
    "$value is not taken for that",
    async ({ value }) => {
      const legal = length.legal?.[value];
      const word = await becomes(length, value);
      expect(word).toSatisfy(() => (legal === undefined ? word !== length.believed : word === legal));
    },
  );
});
