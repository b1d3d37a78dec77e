// Cuts a stream of bytes into lines, and gives up on one that is too long.

/** `line` for each complete line, without its end; `tooLong` once, after which nothing comes any more. */
export interface LineListener {
  line(text: string): void;
  tooLong(): void;
}

export class LineReader {
  private pieces: Buffer[] = [];
  private waitingBytes = 0;
  private isOver = false;
  private readonly maxBytes: number;
  private readonly listener: LineListener;

  constructor(maxBytes: number, listener: LineListener) {
    this.maxBytes = maxBytes;
    this.listener = listener;
  }

  push(bytes: Buffer): void {
    let start = 0;
    while (!this.isOver) {
      const end = bytes.indexOf(0x0a, start);
      const piece = bytes.subarray(start, end < 0 ? undefined : end);
      this.waitingBytes += piece.length;
      if (this.waitingBytes > this.maxBytes) {
        this.stop();
        this.listener.tooLong();
        return;
      }
      this.pieces.push(piece);
      if (end < 0) return;
      start = end + 1;
      const line = Buffer.concat(this.pieces).toString("utf8");
      this.pieces = [];
      this.waitingBytes = 0;
      this.listener.line(line);
    }
  }

  /** No more lines; what waits is dropped. */
  stop(): void {
    this.isOver = true;
    this.pieces = [];
  }
}
