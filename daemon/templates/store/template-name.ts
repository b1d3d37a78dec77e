// Keeps small values as files in a directory. A value is replaced by renaming, so that a torn write reads as the old one.
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { SystoleError, type Store } from "@systole/sdk";

const NAME = /^[a-z0-9-]+$/;

export class TemplateNameStore implements Store {
  private writes = 0;

  constructor(private readonly directory: string) {}

  async read(name: string): Promise<Uint8Array | undefined> {
    const path = this.pathOf(name);
    try {
      return new Uint8Array(await readFile(path));
    } catch (error) {
      if ((error as { readonly code?: unknown }).code === "ENOENT") return undefined;
      throw failure(`${path} cannot be read`, error);
    }
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    const path = this.pathOf(name);
    this.writes += 1;
    const newPath = `${path}.${this.writes}.new`;
    try {
      await mkdir(this.directory, { recursive: true });
      await writeThrough(newPath, bytes);
      await rename(newPath, path);
      await syncDirectory(this.directory);
    } catch (error) {
      throw failure(`${path} cannot be written`, error);
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.pathOf(name), { force: true });
  }

  private pathOf(name: string): string {
    if (NAME.test(name)) return join(this.directory, name);
    throw new SystoleError("STORE_FAILED", `"${name}" is no name of a value: write a-z, 0-9 and "-".`);
  }
}

/** Resolves when the bytes would survive a power cut. */
async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  // Never through a link, and never into what an earlier attempt has left.
  await rm(path, { force: true });
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function failure(what: string, cause: unknown): SystoleError {
  return new SystoleError("STORE_FAILED", `${what}.`, { retryable: true, cause });
}
