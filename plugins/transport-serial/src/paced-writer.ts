// Puts frames on the line no faster than it carries them, so that the kernel's buffer stays empty and what waits is ours
// to drop: on a slow line an old heartbeat is worth less than a new one.
import { BITS_PER_BYTE, CHUNK_BYTES, MAX_QUEUED_FRAMES, MAX_QUEUED_LINE_MS } from "./limits.js";

/** Takes the bytes of one chunk; resolves when the kernel has them. */
export type WriteChunk = (chunk: Uint8Array) => Promise<void>;

interface Waiting {
  readonly frame: Uint8Array;
  readonly written: () => void;
  readonly refused: (error: Error) => void;
}

export class PacedWriter {
  readonly #msPerByte: number;
  #write: WriteChunk | undefined;
  #queue: Waiting[] = [];
  #queuedBytes = 0;
  #working: Promise<void> | undefined;
  #lineFreeAtMs = 0;
  #wake: (() => void) | undefined;

  constructor(baud: number) {
    this.#msPerByte = (BITS_PER_BYTE * 1000) / baud;
  }

  /** Frames go there from now on. */
  connect(write: WriteChunk): void {
    this.#write = write;
  }

  /** Nothing goes anywhere; what waits is refused, since it would be old when the line is back. */
  disconnect(error: Error): void {
    this.#write = undefined;
    const waiting = this.#queue;
    this.#queue = [];
    this.#queuedBytes = 0;
    for (const { refused } of waiting) refused(error);
    this.#wake?.();
  }

  /**
   * Resolves when the kernel took all of the frame. Rejects when there is no line, when the line fails, and when newer
   * frames took its place in the queue.
   */
  send(frame: Uint8Array): Promise<void> {
    if (this.#write === undefined) return Promise.reject(new Error("the line is not open"));
    return new Promise((written, refused) => {
      this.#queue.push({ frame: Uint8Array.from(frame), written, refused });
      this.#queuedBytes += frame.byteLength;
      this.#working ??= this.#work();
      this.#dropOldest();
    });
  }

  /** Resolves when nothing waits any more and the line has carried the last of it. */
  async idle(): Promise<void> {
    await this.#working;
    await this.#untilLineIsFree();
  }

  #dropOldest(): void {
    while (
      this.#queue.length > 1 &&
      (this.#queue.length > MAX_QUEUED_FRAMES || this.#queuedBytes * this.#msPerByte > MAX_QUEUED_LINE_MS)
    ) {
      this.#takeFirst()?.refused(new Error("the line is too slow, and newer frames took its place"));
    }
  }

  #takeFirst(): Waiting | undefined {
    const first = this.#queue.shift();
    this.#queuedBytes -= first?.frame.byteLength ?? 0;
    return first;
  }

  async #work(): Promise<void> {
    for (let next = this.#takeFirst(); next !== undefined; next = this.#takeFirst()) {
      try {
        await this.#writeFrame(next.frame);
        next.written();
      } catch (error) {
        next.refused(error instanceof Error ? error : new Error(String(error)));
      }
    }
    this.#working = undefined;
  }

  async #writeFrame(frame: Uint8Array): Promise<void> {
    const write = this.#write;
    for (let start = 0; start < frame.byteLength; start += CHUNK_BYTES) {
      await this.#untilLineIsFree();
      // Another line would get the second half of a frame.
      if (write === undefined || this.#write !== write) throw new Error("the line was closed meanwhile");
      const chunk = frame.subarray(start, start + CHUNK_BYTES);
      await write(chunk);
      this.#lineFreeAtMs = performance.now() + chunk.byteLength * this.#msPerByte;
    }
  }

  async #untilLineIsFree(): Promise<void> {
    const waitMs = this.#lineFreeAtMs - performance.now();
    if (waitMs <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}
