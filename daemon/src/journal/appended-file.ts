// A file that grows at its end until it is long enough to be put aside. One write at a time; the caller waits its turn.
import { mkdir, open, rename, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";

export class AppendedFile {
  private handle: FileHandle | undefined;
  private bytes = 0;
  /** The last write failed, or an earlier life's did: what it has left of a line must not spoil the next one. */
  private torn = false;

  /** `paths`: the file, and where it and its predecessors are put aside, one after the other. */
  constructor(
    private readonly paths: readonly string[],
    private readonly maxBytes: number,
  ) {}

  /** Throws what the disk says; then nothing, or a torn line, was written. */
  async append(text: string): Promise<void> {
    const length = Buffer.byteLength(text);
    if (this.bytes > 0 && this.bytes + length > this.maxBytes) await this.putAside();
    this.handle ??= await this.openAtEnd();
    try {
      await this.handle.appendFile(this.torn ? `\n${text}` : text);
      this.torn = false;
      this.bytes += length;
    } catch (error) {
      this.torn = true;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.handle?.close().catch(() => undefined);
    this.handle = undefined;
  }

  private async openAtEnd(): Promise<FileHandle> {
    const [path = ""] = this.paths;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const handle = await open(path, "a+", 0o600);
    this.bytes = (await handle.stat()).size;
    if (this.bytes > 0) {
      const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, this.bytes - 1);
      this.torn ||= buffer.toString() !== "\n";
    }
    return handle;
  }

  private async putAside(): Promise<void> {
    await this.close();
    for (let age = this.paths.length - 1; age > 0; age -= 1) {
      const [from = "", to = ""] = [this.paths[age - 1], this.paths[age]];
      await rename(from, to).catch((error: unknown) => {
        if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
      });
    }
    this.bytes = 0;
    this.torn = false;
  }
}
