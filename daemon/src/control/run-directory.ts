// The directory of the control socket: made by us, ours alone to write, and never reached through a link.
import { chmodSync, chownSync, lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { SystoleError } from "@systole/core/ports";

const MODE = 0o750;

export const DEFAULT_RUN_DIRECTORY = "/run/systole";

export function controlSocketPath(runDirectory: string): string {
  return join(runDirectory, "control.sock");
}

/** The socket for those who may only look. */
export function readerSocketPath(runDirectory: string): string {
  return join(runDirectory, "status.sock");
}

/**
 * Creates the directory if it is missing; members of the group `readers` may go through it. Throws `CONTROL_REFUSED` when
 * somebody else could put a socket there.
 */
export function prepareRunDirectory(path: string, readers?: number): void {
  const refuse = (reason: string, cause?: unknown) => {
    const advice = "name another one with --run-dir, or correct this one";
    return new SystoleError("CONTROL_REFUSED", `the run directory ${path} ${reason}; ${advice}`, { cause });
  };
  try {
    mkdirSync(path, { mode: MODE, recursive: true });
  } catch (error) {
    throw refuse(`cannot be made: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const directory = lstatSync(path.replace(/(?<=.)\/+$/, ""));
  if (directory.isSymbolicLink()) throw refuse("is a symbolic link");
  if (!directory.isDirectory()) throw refuse("is not a directory");
  if (directory.uid !== process.geteuid?.()) throw refuse(`belongs to user ${directory.uid}`);
  if ((directory.mode & 0o022) !== 0) {
    throw refuse(`can be written by others (mode ${(directory.mode & 0o777).toString(8)})`);
  }
  if (readers === undefined) return;
  try {
    chownSync(path, directory.uid, readers);
    chmodSync(path, MODE);
  } catch (error) {
    throw refuse(`cannot be given to the group ${readers}`, error);
  }
}
