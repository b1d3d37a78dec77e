// The files of a journal: the current one and those that were put aside, the newest first.
import { join } from "node:path";
import { JOURNAL_LIMITS } from "./limits.js";

/** Where a daemon with that state directory keeps its journal. */
export function journalDirectory(stateDirectory: string): string {
  return join(stateDirectory, "journal");
}

export function journalFiles(directory: string): readonly string[] {
  return Array.from({ length: JOURNAL_LIMITS.files }, (_, age) =>
    join(directory, age === 0 ? "journal.jsonl" : `journal.${age}.jsonl`),
  );
}
