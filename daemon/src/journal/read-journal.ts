// Reads what a journal has kept, also while its daemon writes to it, and whatever became of its last line.
import { readFileSync } from "node:fs";
import { SystoleError } from "@systole/core/ports";
import { entryOf, type JournalEntry } from "./entry.js";
import { journalFiles } from "./files.js";

export interface KeptJournal {
  /** In their order. */
  readonly entries: readonly JournalEntry[];
  /** Lines that are no entries: torn ones, mostly. */
  readonly unreadable: number;
}

/** Nothing where there is no journal. Throws `STORE_FAILED` when this user may not read it. */
export function readJournal(directory: string): KeptJournal {
  const bySeq = new Map<number, JournalEntry>();
  let unreadable = 0;
  // The newest first: a file that is put aside meanwhile is then read twice, and not missed.
  for (const path of journalFiles(directory)) {
    for (const line of linesOf(path)) {
      const entry = entryOf(line);
      if (entry === undefined) unreadable += 1;
      else bySeq.set(entry.seq, entry);
    }
  }
  return { entries: [...bySeq.values()].toSorted((one, other) => one.seq - other.seq), unreadable };
}

/** The number of the last entry, 0 where there is none. Throws as `readJournal`. */
export function lastSeqOf(directory: string): number {
  for (const path of journalFiles(directory)) {
    const last = linesOf(path).findLast((line) => entryOf(line) !== undefined);
    if (last !== undefined) return entryOf(last)?.seq ?? 0;
  }
  return 0;
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line !== "");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    const message =
      code === "EACCES"
        ? `this user may not read ${path}; run the command as the daemon's user, mostly root`
        : `${path} cannot be read: ${String(error)}`;
    throw new SystoleError("STORE_FAILED", message, { cause: error, details: { path } });
  }
}
