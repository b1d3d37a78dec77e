// The identity that heartbeat kept on this machine, carried on: its peers know this node by that uuid, and believe
// nobody whose generation went back. So a node continues both when Systole takes heartbeat's place, and when it goes back.
import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Store } from "@systole/core/ports";

const UUID_BYTES = 16;
/** heartbeat's file is a number, right-aligned in so many columns, and a newline. */
const GENERATION_COLUMNS = 15;

/**
 * `own`, which also honours heartbeat's `hb_generation` and `hb_uuid` in `directory`. Where heartbeat never ran, it is `own`
 * alone, and nothing is made there. A file of heartbeat's that cannot be read or written is told to `onTrouble`, no more.
 */
export class HeartbeatState implements Store {
  constructor(
    private readonly own: Store,
    private readonly directory: string,
    private readonly onTrouble: (path: string, reason: string) => void,
  ) {}

  async read(name: string): Promise<Uint8Array | undefined> {
    const own = await this.own.read(name);
    if (name === "uuid") return own ?? (await this.uuid());
    if (name !== "generation") return own;
    const theirs = await this.generation();
    return theirs !== undefined && theirs > numberIn(own) ? bytesOf(`${theirs}\n`) : own;
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    await this.own.write(name, bytes);
    if (name !== "generation" || (await this.generation()) === undefined) return;
    const path = join(this.directory, "hb_generation");
    try {
      const file = await open(`${path}.systole`, "w", 0o600);
      try {
        await file.writeFile(`${String(numberIn(bytes)).padStart(GENERATION_COLUMNS)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.systole`, path);
    } catch (error) {
      this.trouble(path, error);
    }
  }

  remove(name: string): Promise<void> {
    return this.own.remove(name);
  }

  private async uuid(): Promise<Uint8Array | undefined> {
    const bytes = await this.load("hb_uuid");
    return bytes?.length === UUID_BYTES ? bytes : undefined;
  }

  private async generation(): Promise<number | undefined> {
    const value = numberIn(await this.load("hb_generation"));
    return value > 0 ? value : undefined;
  }

  private async load(name: string): Promise<Uint8Array | undefined> {
    const path = join(this.directory, name);
    try {
      return new Uint8Array(await readFile(path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") this.trouble(path, error);
      return undefined;
    }
  }

  private trouble(path: string, error: unknown): void {
    this.onTrouble(path, error instanceof Error ? error.message : String(error));
  }
}

function numberIn(bytes: Uint8Array | undefined): number {
  const digits = new TextDecoder().decode(bytes).trim();
  return /^[0-9]{1,15}$/.test(digits) ? Number(digits) : 0;
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
