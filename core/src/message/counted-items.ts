// `<n>:<n bytes>,` is what fields, list items and the trailer are made of. Read by length only, strictly inside a range.
import type { DecodeReason } from "./outcome.js";
import { MAX_LENGTH_DIGITS } from "./limits.js";

const DIGIT_ZERO = 0x30;
const DIGIT_NINE = 0x39;
const COLON = 0x3a;
const COMMA = 0x2c;

export class CountedItems {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  /** Where the next item would start. */
  at: number;
  /** The bytes of the item that `next` read. */
  start = 0;
  end = 0;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.#bytes = bytes;
    this.at = at;
    this.#end = end;
  }

  /** Moves to the next item; a reason when there is none that is whole. */
  next(): DecodeReason | undefined {
    const length = this.#readLength();
    if (typeof length === "string") return length;
    const start = this.at;
    const end = start + length;
    if (end >= this.#end) return "truncated";
    if (this.#bytes[end] !== COMMA) return "malformed-length";
    this.start = start;
    this.end = end;
    this.at = end + 1;
    return undefined;
  }

  /** Reads `<n>:`, in decimal without leading zeros. */
  #readLength(): number | DecodeReason {
    const first = this.at;
    let length = 0;
    for (let at = first; at < this.#end; at += 1) {
      const byte = this.#bytes[at] ?? 0;
      if (byte === COLON && at > first) {
        this.at = at + 1;
        return length;
      }
      const leadingZero = at === first + 1 && length === 0;
      if (byte < DIGIT_ZERO || byte > DIGIT_NINE || leadingZero || at - first === MAX_LENGTH_DIGITS) {
        return "malformed-length";
      }
      length = length * 10 + (byte - DIGIT_ZERO);
    }
    return "truncated";
  }
}
