// Leases in a directory, one file for each cluster. One process at a time has the directory: its clock counts them.
import { link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { processClock, type LeaseClock } from "../lease-clock.js";
import type { LeaseStore, StoredLease } from "../lease-store.js";

const LOCK = ".lock";
const CONFIRM_MS = 50;

export class LeaseFiles implements LeaseStore {
  readonly clock: LeaseClock = processClock();
  readonly #directory: string;
  /** By cluster: the end of the work that was begun last. */
  readonly #busy = new Map<string, Promise<unknown>>();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes the directory where it is missing. Throws when another process has it, or when it cannot be written. */
  static async open(directory: string): Promise<LeaseFiles> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await lock(directory);
    return new LeaseFiles(directory);
  }

  /** Another process may have the directory then. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#busy.values());
    await rm(join(this.#directory, LOCK), { force: true });
  }

  async read(cluster: string): Promise<StoredLease | undefined> {
    const text = await textOf(this.#path(cluster));
    return text === undefined ? undefined : { text, version: text };
  }

  async write(cluster: string, text: string, over: string | undefined): Promise<boolean> {
    const before = this.#busy.get(cluster) ?? Promise.resolve();
    const work = before.catch(() => undefined).then(() => this.#replace(cluster, text, over));
    this.#busy.set(cluster, work);
    try {
      return await work;
    } finally {
      if (this.#busy.get(cluster) === work) this.#busy.delete(cluster);
    }
  }

  async #replace(cluster: string, text: string, over: string | undefined): Promise<boolean> {
    const path = this.#path(cluster);
    if ((await textOf(path)) !== over) return false;
    const next = `${path}.next`;
    await rm(next, { force: true });
    const file = await open(next, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(next, path);
    const directory = await open(this.#directory, "r");
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
    return true;
  }

  /** A cluster's name has no slash, and does not begin with a dot. */
  #path(cluster: string): string {
    return join(this.#directory, `${cluster}.lease`);
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** A file with the number of the process, which appears with its content in it. What a dead process has left is taken over. */
async function lock(directory: string): Promise<void> {
  const path = join(directory, LOCK);
  const own = `${path}.${process.pid}`;
  await rm(own, { force: true });
  const file = await open(own, "wx", 0o600);
  await file.writeFile(String(process.pid));
  await file.close();
  try {
    for (let attempts = 0; attempts < 2; attempts += 1) {
      try {
        await link(own, path);
        return await confirm(path, directory);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const pid = Number(await textOf(path));
      if (pid !== process.pid && lives(pid))
        throw new Error(`${directory} is in use by process ${pid}: a witness needs a directory of its own`);
      await rm(path, { force: true });
    }
    throw new Error(`${directory} is in use: another witness has just been started`);
  } finally {
    await rm(own, { force: true });
  }
}

/** Two that start at the same time may both have found the lock of a dead one: the later of them has it. */
async function confirm(path: string, directory: string): Promise<void> {
  await setTimeout(CONFIRM_MS);
  if (Number(await textOf(path)) !== process.pid)
    throw new Error(`${directory} is in use: another witness has just been started`);
}

function lives(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
