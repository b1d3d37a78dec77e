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

/** Cuts a stream of bytes into bodies. */
export class FrameReader {
  private held: Buffer = Buffer.alloc(0);

  constructor(private readonly maxBytes: number) {}

  push(bytes: Buffer): void {
    this.held = this.held.length === 0 ? bytes : Buffer.concat([this.held, bytes]);
  }

  /** The next complete body; undefined when more bytes are needed; `bad` when this is not the protocol. */
  next(): Uint8Array | undefined | "bad" {
    if (this.held.length < HEAD_BYTES) return undefined;
    const head = new DataView(this.held.buffer, this.held.byteOffset, HEAD_BYTES);
    const length = head.getInt32(0, LITTLE);
    if (head.getUint32(4, LITTLE) !== MAGIC || length <= 0 || length > this.maxBytes) return "bad";
    if (this.held.length < HEAD_BYTES + length) return undefined;
    const body = new Uint8Array(this.held.subarray(HEAD_BYTES, HEAD_BYTES + length));
    this.held = this.held.subarray(HEAD_BYTES + length);
    return body;
  }
}
