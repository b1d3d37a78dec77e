// Keeps small named values on disk such that a power cut at any moment leaves the last value or the one before it.
import { createHash } from "node:crypto";
import { mkdir, open, rename, rm, unlink, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SystoleError, type Store } from "../ports/index.js";

const MAGIC = "systole-store-1";
const NAME = /^[a-z0-9-]+$/;
const MAX_NAME_LENGTH = 100;
/** A generation, a uuid, epochs: all of them fit many times over. */
const MAX_VALUE_BYTES = 1_048_576;
const MAX_HEADER_BYTES = 128;
const RETRYABLE: ReadonlySet<string> = new Set([
  "EAGAIN",
  "EBUSY",
  "EDQUOT",
  "EINTR",
  "EMFILE",
  "ENFILE",
  "ENOMEM",
  "ENOSPC",
]);

type Content =
  | { readonly kind: "value"; readonly bytes: Uint8Array }
  | { readonly kind: "absent" }
  | { readonly kind: "damaged" };

/**
 * The port `Store` on a directory, which is made (0700) at the first write. Each value is a file `<name>` whose header
 * holds its length and SHA-256, beside `<name>.prev` with the value before it. A damaged `<name>` reads as the previous
 * value, or as undefined when there was none. Both damaged is more than a torn write: `STORE_FAILED`. Operations on one
 * name happen one after another; one process owns the directory.
 */
export class FileStore implements Store {
  readonly #directory: string;
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  read(name: string): Promise<Uint8Array | undefined> {
    return this.#inTurn(name, async (path) => {
      const current = await load(path);
      if (current.kind === "value") return current.bytes;
      const previous = await load(`${path}.prev`);
      if (previous.kind === "value") return previous.bytes;
      if (current.kind === "damaged" && previous.kind === "damaged") {
        throw new SystoleError(
          "STORE_FAILED",
          `${path} and ${path}.prev are both damaged: check the disk, then restore or remove the two files`,
          { details: { path } },
        );
      }
      return undefined;
    });
  }

  write(name: string, bytes: Uint8Array): Promise<void> {
    // The caller may go on using its buffer while this write waits its turn.
    const envelope = seal(bytes);
    return this.#inTurn(name, async (path) => {
      if (bytes.length > MAX_VALUE_BYTES) throw new RangeError(`the value exceeds ${MAX_VALUE_BYTES} bytes`);
      const made = await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      if (made !== undefined) await syncDirectory(dirname(made));
      await writeDurably(`${path}.tmp`, envelope);
      // A damaged current value must not push out the good one before it.
      if ((await load(path)).kind === "value") await rename(path, `${path}.prev`);
      await rename(`${path}.tmp`, path);
      await syncDirectory(this.#directory);
    });
  }

  remove(name: string): Promise<void> {
    return this.#inTurn(name, async (path) => {
      // The previous value first: otherwise a crash in between would bring it back.
      for (const victim of [`${path}.tmp`, `${path}.prev`, path]) await rm(victim, { force: true });
      await syncDirectory(this.#directory);
    });
  }

  async #inTurn<T>(name: string, work: (path: string) => Promise<T>): Promise<T> {
    if (!NAME.test(name) || name.length > MAX_NAME_LENGTH) {
      throw new SystoleError(
        "STORE_FAILED",
        `"${name}" cannot name a stored value: use up to ${MAX_NAME_LENGTH} of a-z, 0-9 and -`,
        { details: { name } },
      );
    }
    const path = join(this.#directory, name);
    const before = this.#queues.get(name) ?? Promise.resolve();
    const turn = before
      .then(() => work(path))
      .catch((cause: unknown) => Promise.reject(failure(path, cause)));
    const settled = turn.catch(() => undefined);
    this.#queues.set(name, settled);
    try {
      return await turn;
    } finally {
      if (this.#queues.get(name) === settled) this.#queues.delete(name);
    }
  }
}

function seal(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${MAGIC} ${bytes.length} ${digest(bytes)}\n`), bytes]);
}

function unseal(file: Buffer): Content {
  const headerEnd = file.subarray(0, MAX_HEADER_BYTES).indexOf("\n");
  const [magic, length, sum] = file.toString("latin1", 0, Math.max(0, headerEnd)).split(" ");
  const bytes = new Uint8Array(file.subarray(headerEnd + 1));
  const intact = magic === MAGIC && length === String(bytes.length) && sum === digest(bytes);
  return intact ? { kind: "value", bytes } : { kind: "damaged" };
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function load(path: string): Promise<Content> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return { kind: "absent" };
    throw cause;
  }
  try {
    const { size } = await file.stat();
    if (size > MAX_VALUE_BYTES + MAX_HEADER_BYTES) return { kind: "damaged" };
    return unseal(await file.readFile());
  } finally {
    await file.close();
  }
}

/** A file of its own: what stands there is of an earlier life, or a link that somebody wants followed. */
async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  await unlink(path).catch((cause: unknown) => {
    if (errnoOf(cause) !== "ENOENT") throw cause;
  });
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes renames and removals in the directory survive a power cut. A missing directory has nothing to keep. */
async function syncDirectory(path: string): Promise<void> {
  let directory: FileHandle;
  try {
    directory = await open(path, "r");
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return;
    throw cause;
  }
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function failure(path: string, cause: unknown): SystoleError {
  if (cause instanceof SystoleError) return cause;
  const errno = errnoOf(cause);
  const words = cause instanceof Error ? cause.message : String(cause);
  return new SystoleError("STORE_FAILED", `cannot keep state in ${path}: ${words}`, {
    cause,
    retryable: RETRYABLE.has(errno),
    details: { path, errno },
  });
}

function errnoOf(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return typeof code === "string" ? code : "";
}
