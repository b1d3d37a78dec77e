// Collects the bytes of a message. Grows by doubling, so writing costs linear time.
import { SystoleError } from "../ports/index.js";

const FIRST_BYTES = 512;

export class ByteWriter {
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Writes a byte string. Throws `MESSAGE_INVALID` for a character that is no byte. */
  text(text: string): void {
    this.#reserve(text.length);
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 255) {
        throw new SystoleError(
          "MESSAGE_INVALID",
          `A text of a message holds the character U+${code.toString(16)}; texts are byte strings, encode it as UTF-8 bytes first.`,
        );
      }
      this.#bytes[this.#length + index] = code;
    }
    this.#length += text.length;
  }

  /** A view of what was written; valid until the next write. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Puts `to` for every `from` that was written at or after `start`. */
  replaceFrom(start: number, from: number, to: number): void {
    for (
      let at = this.#bytes.indexOf(from, start);
      at >= 0 && at < this.#length;
      at = this.#bytes.indexOf(from, at + 1)
    ) {
      this.#bytes[at] = to;
    }
  }

  #reserve(more: number): void {
    const wanted = this.#length + more;
    if (wanted <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(wanted, this.#bytes.length * 2));
    larger.set(this.written());
    this.#bytes = larger;
  }
}
