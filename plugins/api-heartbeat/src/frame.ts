// Frames of the local socket: a length and a magic number in host order, then a message in wire format.
import { endianness } from "node:os";

const MAGIC = 0xabcd;
const HEAD_BYTES = 8;
const LITTLE = endianness() === "LE";

/** The string form is followed by a NUL on this socket. */
export function frame(body: Uint8Array): Buffer {
  const text = body[0] === 0x3e;
  const length = body.length + (text ? 1 : 0);
  const bytes = Buffer.alloc(HEAD_BYTES + length);
  const head = new DataView(bytes.buffer, bytes.byteOffset, HEAD_BYTES);
  head.setInt32(0, length, LITTLE);
  head.setUint32(4, MAGIC, LITTLE);
  bytes.set(body, HEAD_BYTES);
  return bytes;
}

const NOTHING: Buffer = Buffer.alloc(0);
const FIRST_BYTES = 1024;

/** Cuts a stream of bytes into bodies. However small the pieces are, each byte is copied a few times only. */
export class FrameReader {
  /** With room behind what is held, from `start` to `end`. */
  private room = NOTHING;
  private start = 0;
  private end = 0;

  constructor(private readonly maxBytes: number) {}

  push(bytes: Buffer): void {
    if (this.end + bytes.length > this.room.length) this.makeRoom(bytes.length);
    this.end += bytes.copy(this.room, this.end);
  }

  /** The next complete body; undefined when more bytes are needed; `bad` when this is not the protocol. */
  next(): Uint8Array | undefined | "bad" {
    const held = this.room.subarray(this.start, this.end);
    if (held.length < HEAD_BYTES) return undefined;
    const head = new DataView(held.buffer, held.byteOffset, HEAD_BYTES);
    const length = head.getInt32(0, LITTLE);
    if (head.getUint32(4, LITTLE) !== MAGIC || length <= 0 || length > this.maxBytes) return "bad";
    if (held.length < HEAD_BYTES + length) return undefined;
    const body = new Uint8Array(held.subarray(HEAD_BYTES, HEAD_BYTES + length));
    this.start += HEAD_BYTES + length;
    if (this.start === this.end) {
      this.room = NOTHING;
      this.start = 0;
      this.end = 0;
    }
    return body;
  }

  private makeRoom(bytes: number): void {
    const held = this.room.subarray(this.start, this.end);
    const larger = Buffer.alloc(Math.max(FIRST_BYTES, 2 * (held.length + bytes)));
    held.copy(larger);
    this.room = larger;
    this.start = 0;
    this.end = held.length;
  }
}
