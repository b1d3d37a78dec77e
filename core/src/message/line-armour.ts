// Sealed bytes as lines of text, for media that tell by lines where a frame ends: a serial line.
import { decodeBase64, encodeBase64 } from "./base64.js";
import { standsAt } from "./byte-text.js";
import { ByteWriter } from "./byte-writer.js";
import { STRING_END, STRING_START } from "./string-lines.js";

const HEAD = `${STRING_START}sealed=`;
const TAIL = `\n${STRING_END}`;

/** Bytes that armour adds to `length` bytes, or takes away. */
export function armouredBytes(length: number): number {
  return HEAD.length + Math.ceil(length / 3) * 4 + TAIL.length;
}

export function armour(frame: Uint8Array): Uint8Array {
  const writer = new ByteWriter();
  writer.text(`${HEAD}${encodeBase64(frame)}${TAIL}`);
  return writer.finish();
}

/** What was armoured; undefined when the bytes are not armour, or not in its one spelling. */
export function withoutArmour(bytes: Uint8Array): Uint8Array | undefined {
  const end = bytes.length - TAIL.length;
  if (end < HEAD.length || !standsAt(bytes, 0, HEAD) || !standsAt(bytes, end, TAIL)) return undefined;
  return decodeBase64(bytes, HEAD.length, end);
}
