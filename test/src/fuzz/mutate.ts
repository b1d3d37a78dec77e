// Changes input a little: bits and bytes, pieces out, in and doubled, words of the format, and above all numbers that say how
// much follows.
import type { Random } from "./random.js";

/** Longest input that is made. */
export const MAX_INPUT_BYTES = 65_536;
const MAX_REPEATS = 4096;

/** What a length can be that nobody has thought of. */
export const LENGTHS: readonly number[] = [
  0,
  1,
  2,
  0x7f,
  0x80,
  0xff,
  0x100,
  0x7fff,
  0x8000,
  0xffff,
  0x10000,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  Number.MAX_SAFE_INTEGER,
];
/** Of JSON and YAML. */
const VALUES = [
  "null",
  "true",
  "[]",
  "{}",
  '""',
  "0",
  "-1",
  "1e400",
  '"\\u0000"',
  '"__proto__"',
  "[[]]",
  '{"a":1}',
];
const VALUE = /"(?:[^"\\]|\\.)*"|-?[0-9]+|true|false|null|\[[^[\]]*\]|\{[^{}]*\}/g;
const NUMBERS = [
  ...LENGTHS.map(String),
  "-1",
  "-0",
  "00",
  "1e400",
  "0x10",
  "+1",
  " 1",
  "NaN",
  "9".repeat(40),
];

export interface Material {
  readonly random: Random;
  readonly words: readonly string[];
  /** Other inputs, of which pieces are taken. */
  other(): Uint8Array;
}

type Mutation = (bytes: Buffer, material: Material) => Buffer;

const MUTATIONS: readonly Mutation[] = [
  flipBit,
  setByte,
  truncate,
  cutOut,
  double,
  repeat,
  insertWord,
  insertWord,
  insertBytes,
  splice,
  replaceNumber,
  replaceNumber,
  replaceValue,
  replaceValue,
  overwriteLength,
  overwriteLength,
  nudgeNumber,
];

/** One to a few changes, most often one. */
export function mutated(bytes: Uint8Array, material: Material): Uint8Array {
  const { random } = material;
  let changed: Buffer = Buffer.from(bytes);
  for (let left = 1 + random.size(6); left > 0; left -= 1) {
    const mutate = random.of(MUTATIONS) ?? setByte;
    changed = mutate(changed, material).subarray(0, MAX_INPUT_BYTES);
  }
  return new Uint8Array(changed);
}

function flipBit(bytes: Buffer, { random }: Material): Buffer {
  const at = random.below(bytes.length);
  if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  return bytes;
}

function setByte(bytes: Buffer, { random }: Material): Buffer {
  const at = random.below(bytes.length);
  const value = random.of([0, 0x0a, 0x20, 0x22, 0x2c, 0x3a, 0x7f, 0x80, 0xff, random.below(256)]) ?? 0;
  if (at < bytes.length) bytes[at] = value;
  return bytes;
}

function truncate(bytes: Buffer, { random }: Material): Buffer {
  return bytes.subarray(0, random.below(bytes.length + 1));
}

function cutOut(bytes: Buffer, { random }: Material): Buffer {
  const [start, end] = rangeOf(bytes, random);
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
}

function double(bytes: Buffer, { random }: Material): Buffer {
  const [start, end] = rangeOf(bytes, random);
  return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
}

/** Thousands of the same: what is slow, or nested too deep, shows. */
function repeat(bytes: Buffer, { random }: Material): Buffer {
  if (random.below(4) > 0) return double(bytes, { random, words: [], other: () => bytes });
  const [start, end] = rangeOf(bytes, random);
  const piece = bytes.subarray(start, Math.min(end, start + 64));
  const times = Math.min(1 + random.below(MAX_REPEATS), Math.floor(MAX_INPUT_BYTES / (piece.length + 1)));
  const many = Buffer.concat(Array.from({ length: times }, () => piece));
  return Buffer.concat([bytes.subarray(0, start), many, bytes.subarray(start)]);
}

function insertWord(bytes: Buffer, { random, words }: Material): Buffer {
  return insert(bytes, Buffer.from(random.of(words) ?? "\0", "latin1"), random);
}

function insertBytes(bytes: Buffer, { random }: Material): Buffer {
  return insert(
    bytes,
    Buffer.from(Array.from({ length: 1 + random.size(12) }, () => random.below(256))),
    random,
  );
}

function splice(bytes: Buffer, { random, other }: Material): Buffer {
  const theirs = Buffer.from(other());
  const [start, end] = rangeOf(theirs, random);
  return random.below(2) === 0
    ? Buffer.concat([bytes.subarray(0, random.below(bytes.length + 1)), theirs.subarray(start)])
    : insert(bytes, theirs.subarray(start, end), random);
}

/** A number in text becomes another one. */
function replaceNumber(bytes: Buffer, { random }: Material): Buffer {
  const found = [...bytes.toString("latin1").matchAll(/-?[0-9][0-9.]*/g)];
  const match = random.of(found);
  if (match === undefined) return overwriteLength(bytes, { random, words: [], other: () => bytes });
  const number = random.of(NUMBERS) ?? "0";
  const end = match.index + match[0].length;
  return Buffer.concat([bytes.subarray(0, match.index), Buffer.from(number), bytes.subarray(end)]);
}

/** A value of JSON becomes one of another kind. */
function replaceValue(bytes: Buffer, { random }: Material): Buffer {
  const match = random.of([...bytes.toString("latin1").matchAll(VALUE)]);
  if (match === undefined) return bytes;
  const end = match.index + match[0].length;
  const value = Buffer.from(random.of(VALUES) ?? "null");
  return Buffer.concat([bytes.subarray(0, match.index), value, bytes.subarray(end)]);
}

/** A number in text is off by one. */
function nudgeNumber(bytes: Buffer, { random }: Material): Buffer {
  const match = random.of([...bytes.toString("latin1").matchAll(/[0-9]{1,9}/g)]);
  if (match === undefined) return bytes;
  const number = String(Math.max(0, Number(match[0]) + (random.below(2) === 0 ? 1 : -1)));
  const end = match.index + match[0].length;
  return Buffer.concat([bytes.subarray(0, match.index), Buffer.from(number), bytes.subarray(end)]);
}

/** One, two, four or eight bytes become a length, in either order. */
function overwriteLength(bytes: Buffer, { random }: Material): Buffer {
  const width = random.of([1, 2, 4, 8]) ?? 4;
  if (bytes.length < width) return bytes;
  const written = Buffer.alloc(8);
  written.writeBigUInt64LE(BigInt(random.of(LENGTHS) ?? 0));
  const field = written.subarray(0, width);
  bytes.set(random.below(2) === 0 ? field : field.toReversed(), random.below(bytes.length - width + 1));
  return bytes;
}

function insert(bytes: Buffer, piece: Uint8Array, random: Random): Buffer {
  const at = random.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
}

/** Mostly short. */
function rangeOf(bytes: Buffer, random: Random): readonly [start: number, end: number] {
  const start = random.below(bytes.length + 1);
  return [start, Math.min(bytes.length, start + 1 + random.size(bytes.length))];
}
