// The thread in which one door is tried: until the time is over, or until a promise is broken.
import { parentPort, workerData } from "node:worker_threads";
import type { Door } from "./door.js";
import { DOORS } from "./doors.js";
import { Fuzzer, type Finding } from "./fuzzer.js";
import { minimised } from "./minimise.js";
import { Notebook, type DoorReport, type DoorRun } from "./watched-run.js";

const { run, memory } = workerData as { readonly run: DoorRun; readonly memory: SharedArrayBuffer };
const notebook = new Notebook(memory);
const door = DOORS.find(({ name }) => name === run.name);
if (door === undefined) throw new Error(`no target is called ${run.name}`);

const fuzzer = new Fuzzer(door, run.seed);
const untilMs = Date.now() + run.forMs;
let finding = await fuzzer.step((bytes) => notebook.write(bytes));
while (finding === undefined && Date.now() < untilMs)
  finding = await fuzzer.step((bytes) => notebook.write(bytes));

const outcomes = fuzzer.outcomes.map(
  (outcome) => [outcome, fuzzer.shortestOf(outcome) ?? new Uint8Array()] as const,
);
const report: DoorReport = { executions: fuzzer.executions, outcomes, ...(await told(door, finding)) };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port knows no origins
parentPort?.postMessage(report);

async function told(at: Door, found: Finding | undefined): Promise<Pick<DoorReport, "finding">> {
  if (found === undefined) return {};
  const { why, error } = found;
  const bytes = await minimised(at, found.bytes, why, (candidate) => notebook.write(candidate));
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { finding: { bytes, why, stack } };
}
