// bzip2 streams. They are read only: whoever receives our messages also understands zlib.
import bzip2, { type ReadBits } from "@openpgp/unbzip2-stream/lib/bzip2.js";
import { Refused, type Expansion } from "./expansion.js";

const BLOCK_UNIT_BYTES = 100_000;
const FIRST_BYTES = 4096;

/** Throws `Refused`, or whatever the library throws for damaged bytes. */
export function bunzip2(bytes: Uint8Array, expansion: Expansion): Uint8Array {
  const input = new BitInput(bytes);
  let output = new Uint8Array(FIRST_BYTES);
  let length = 0;
  const put = (byte: number): void => {
    expansion.take(1);
    if (length === output.length) {
      const larger = new Uint8Array(length * 2);
      larger.set(output);
      output = larger;
    }
    output[length] = byte;
    length += 1;
  };
  const blockLength = bzip2.header(input.read) * BLOCK_UNIT_BYTES;
  const block = new Int32Array(blockLength);
  let checksum: number | null = 0;
  while (checksum !== null) checksum = bzip2.decompress(input.read, put, block, blockLength, checksum);
  if (!input.isAtEnd()) throw new Refused("bad-compression");
  return output.slice(0, length);
}

class BitInput {
  readonly #bytes: Uint8Array;
  #bit = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Reads past the end are refused: the library would go on with zeros. */
  readonly read: ReadBits = (count) => {
    if (count === null) {
      this.#bit = Math.ceil(this.#bit / 8) * 8;
      return 0;
    }
    if (this.#bit + count > this.#bytes.length * 8) throw new Refused("bad-compression");
    let value = 0;
    for (let left = count; left > 0;) {
      const free = 8 - (this.#bit & 7);
      const taken = Math.min(free, left);
      const byte = this.#bytes[this.#bit >> 3] ?? 0;
      value = (value << taken) | ((byte >> (free - taken)) & ((1 << taken) - 1));
      this.#bit += taken;
      left -= taken;
    }
    return value;
  };

  isAtEnd(): boolean {
    return this.#bit === this.#bytes.length * 8;
  }
}
