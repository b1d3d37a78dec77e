// What the run measured: one line of JSON an act in a file that all test files of a run share; made into the table at its end.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Pairing } from "./pairing.js";

export interface ActRecord {
  readonly chain: string;
  readonly order: number;
  readonly title: string;
  readonly pairing: Pairing["id"];
  readonly ok: boolean;
  /** Client-visible, in ms. */
  readonly gapMs: number;
  /** How long both nodes had the address, in ms. */
  readonly twoHoldersMs: number;
}

/** Names the file of this run. */
export const RECORDS_VARIABLE = "SYSTOLE_INTEROP_RECORDS";

export function record(one: ActRecord): void {
  const path = process.env[RECORDS_VARIABLE];
  if (path !== undefined) appendFileSync(path, `${JSON.stringify(one)}\n`);
}

export function readRecords(path: string): readonly ActRecord[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as ActRecord);
}
