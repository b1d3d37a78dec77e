// Before and after all files of a run: one place for what they measure, and the table of it at the end.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRecords, RECORDS_VARIABLE } from "./records.js";
import { tableOf } from "./table.js";

/** vitest calls it once; what it returns is called when every file has ended. */
export function setup(): () => void {
  const directory = mkdtempSync(join(tmpdir(), "systole-interop-"));
  const path = join(directory, "records.jsonl");
  writeFileSync(path, "");
  process.env[RECORDS_VARIABLE] = path;
  return () => {
    const table = tableOf(readRecords(path));
    rmSync(directory, { recursive: true, force: true });
    process.stdout.write(
      `\nThe client's longest time without an answer, in ms (master–cluster1):\n\n${table}\n`,
    );
  };
}
