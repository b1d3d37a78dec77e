// Doors make files and sockets below the directory for temporary ones: here that is one which goes away with the run.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Scratch {
  readonly directory: string;
  remove(): void;
}

export function scratchDirectory(): Scratch {
  const directory = mkdtempSync(join(tmpdir(), "systole-fuzz-"));
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** For this process, until `remove`. */
export function scratchHere(): Scratch {
  const before = process.env["TMPDIR"];
  const { directory, remove } = scratchDirectory();
  process.env["TMPDIR"] = directory;
  return {
    directory,
    remove() {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
      remove();
    },
  };
}
