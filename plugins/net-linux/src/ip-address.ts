// IP addresses as bytes and back: the kernel speaks bytes, people and the ports speak canonical text (RFC 5952).
import { isIPv4, isIPv6 } from "node:net";
import type { IpFamily } from "@systole/sdk";

export interface IpAddress {
  readonly family: IpFamily;
  /** 4 or 16 bytes, network order. */
  readonly bytes: Buffer;
}

/** Undefined when `text` is not an address, or carries a zone or a prefix. */
export function parseIp(text: string): IpAddress | undefined {
  if (isIPv4(text)) return { family: 4, bytes: Buffer.from(text.split(".").map(Number)) };
  if (!isIPv6(text) || text.includes("%")) return undefined;
  const [head = "", tail] = withHexTail(text).split("::");
  const front = groups(head);
  const back = groups(tail ?? "");
  const middle = tail === undefined ? [] : Array<number>(8 - front.length - back.length).fill(0);
  const bytes = Buffer.alloc(16);
  [...front, ...middle, ...back].forEach((group, index) => bytes.writeUInt16BE(group, index * 2));
  return { family: 6, bytes };
}

/** Canonical text of 4 or 16 bytes. */
export function formatIp(bytes: Uint8Array): string {
  const view = Buffer.from(bytes);
  if (view.length === 4) return view.join(".");
  const words = Array.from({ length: 8 }, (_, index) => view.readUInt16BE(index * 2));
  if (words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff) {
    return `::ffff:${view.subarray(12).join(".")}`;
  }
  const gap = longestZeroRun(words);
  const hex = (part: readonly number[]): string => part.map((word) => word.toString(16)).join(":");
  return gap.length < 2
    ? hex(words)
    : `${hex(words.slice(0, gap.start))}::${hex(words.slice(gap.start + gap.length))}`;
}

/** Canonical text, or `text` itself when it is no address. */
export function canonicalIp(text: string): string {
  const parsed = parseIp(text);
  return parsed === undefined ? text : formatIp(parsed.bytes);
}

/** True when both addresses share the first `prefixLength` bits. */
export function sameNetwork(a: string, b: string, prefixLength: number): boolean {
  const left = parseIp(a);
  const right = parseIp(b);
  if (left === undefined || right === undefined || left.family !== right.family) return false;
  return left.bytes.every((byte, index) => {
    const bits = Math.min(Math.max(prefixLength - index * 8, 0), 8);
    const mask = (0xff << (8 - bits)) & 0xff;
    return (byte & mask) === ((right.bytes[index] ?? 0) & mask);
  });
}

function groups(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
}

/** `::ffff:10.0.0.1` as `::ffff:a00:1`. */
function withHexTail(text: string): string {
  const start = text.lastIndexOf(":") + 1;
  const tail = text.slice(start);
  if (!tail.includes(".")) return text;
  const [a = 0, b = 0, c = 0, d = 0] = tail.split(".").map(Number);
  return `${text.slice(0, start)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

function longestZeroRun(words: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  words.forEach((word, index) => {
    if (word !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  });
  return best;
}
