// Finds frames in what a line carries: noise, halves of frames and lost bytes included. Pure.
import { MAX_FRAME_BYTES } from "./limits.js";

const NEWLINE = 0x0a;
const START = Buffer.from(">>>");
const END = Buffer.from("<<<");

/**
 * Takes bytes in pieces of any size and answers with the frames that they complete, `>>>` to `<<<` with both newlines.
 * Lines before a `>>>` are skipped; a `>>>` inside a frame begins a new one, since the rest of the old one was lost. A
 * frame that grows beyond `maxFrameBytes` is given up. Keeps at most that many bytes.
 */
export class FrameCollector {
  readonly #maxFrameBytes: number;
  /** Complete lines of the frame that is being collected; undefined while looking for its start. */
  #lines: Uint8Array[] | undefined;
  #lineBytes = 0;
  /** The line that has not ended yet. */
  #rest: Uint8Array[] = [];
  #restBytes = 0;
  /** The line that has not ended yet is too long for any frame. */
  #overlong = false;
  #skipped = 0;

  constructor(maxFrameBytes = MAX_FRAME_BYTES) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** Bytes so far that belonged to no frame. */
  get skippedBytes(): number {
    return this.#skipped;
  }

  push(bytes: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = [];
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      this.#keep(bytes.subarray(start, end + 1));
      start = end + 1;
      const frame = this.#endLine();
      if (frame !== undefined) frames.push(frame);
    }
    this.#keep(bytes.subarray(start));
    return frames;
  }

  /** Forgets what was begun: the line was interrupted. */
  reset(): void {
    this.#skipped += this.#lineBytes + this.#restBytes;
    this.#lines = undefined;
    this.#lineBytes = 0;
    this.#rest = [];
    this.#restBytes = 0;
    this.#overlong = false;
  }

  #keep(piece: Uint8Array): void {
    if (piece.byteLength === 0) return;
    if (!this.#overlong && this.#lineBytes + this.#restBytes + piece.byteLength > this.#maxFrameBytes) {
      this.reset();
      this.#overlong = true;
    }
    if (this.#overlong) {
      this.#skipped += piece.byteLength;
      return;
    }
    // A copy, since the caller's buffer may be used again. `slice` of a Buffer would not be one.
    this.#rest.push(Uint8Array.from(piece));
    this.#restBytes += piece.byteLength;
  }

  #endLine(): Uint8Array | undefined {
    if (this.#overlong) {
      this.#overlong = false;
      return undefined;
    }
    const line = Buffer.concat(this.#rest);
    this.#rest = [];
    this.#restBytes = 0;
    const text = line.subarray(0, -1);
    if (text.equals(START)) {
      this.#skipped += this.#lineBytes;
      this.#lines = [line];
      this.#lineBytes = line.byteLength;
      return undefined;
    }
    if (this.#lines === undefined) {
      this.#skipped += line.byteLength;
      return undefined;
    }
    this.#lines.push(line);
    this.#lineBytes += line.byteLength;
    if (!text.equals(END)) return undefined;
    const frame = Buffer.concat(this.#lines);
    this.#lines = undefined;
    this.#lineBytes = 0;
    return frame;
  }
}
