// One log file that survives rotation and a full disk.
import { constants, fstatSync, openSync, statSync } from "node:fs";
import pino from "pino";

export type Destination = ReturnType<typeof pino.destination>;

/** Most bytes that wait for a slow disk or terminal; what comes on top is dropped. */
export const MAX_WAITING_BYTES = 1024 * 1024;
const LOG_FILE_MODE = 0o640;
const CLOSE_AFTER_MS = 1000;

/** Resolves when everything is written and the descriptor is closed, or after a second. */
export function closeDestination(stream: Destination): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, CLOSE_AFTER_MS);
    const finish = () => {
      clearTimeout(timer);
      resolve();
    };
    stream.once("close", finish);
    stream.once("error", finish);
    stream.end();
  });
}

/** Follows its name: when that leads to another file, or writing failed, it is opened again by `follow`. */
export class LogFile {
  private open: { readonly stream: Destination; readonly descriptor: number } | undefined;
  private readonly path: string;
  private readonly onFailure: (reason: string) => void;

  /** `onFailure` is told once for each time that the file cannot be opened or written. */
  constructor(path: string, onFailure: (reason: string) => void) {
    this.path = path;
    this.onFailure = onFailure;
    this.open = this.opened();
  }

  write(text: string): void {
    this.open?.stream.write(text);
  }

  /** Opens the file again when it was moved away, deleted, or could not be written. */
  follow(): void {
    if (!this.isCurrent()) this.reopen();
  }

  reopen(): void {
    const previous = this.open;
    this.open = this.opened();
    if (previous !== undefined) void closeDestination(previous.stream);
  }

  async close(): Promise<void> {
    const { open } = this;
    this.open = undefined;
    if (open !== undefined) await closeDestination(open.stream);
  }

  private opened(): LogFile["open"] {
    try {
      // Without O_NONBLOCK a pipe that nobody reads would hold up the daemon.
      const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;
      const descriptor = openSync(this.path, flags, LOG_FILE_MODE);
      const stream = pino.destination({ fd: descriptor, sync: false, maxLength: MAX_WAITING_BYTES });
      stream.on("error", (error: Error) => {
        if (this.open?.stream !== stream) return;
        this.open = undefined;
        this.onFailure(error.message);
        stream.destroy();
      });
      return { stream, descriptor };
    } catch (error) {
      this.onFailure(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  private isCurrent(): boolean {
    if (this.open === undefined) return false;
    try {
      const named = statSync(this.path);
      const open = fstatSync(this.open.descriptor);
      return named.ino === open.ino && named.dev === open.dev;
    } catch {
      return false;
    }
  }
}
