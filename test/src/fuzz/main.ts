// The long run: every door, or some, for as long as one likes. What breaks a promise is made short and kept in the corpus.
import { argv, exit, stderr, stdout } from "node:process";
import { keepInput, keptInputs } from "./corpus.js";
import type { Door } from "./door.js";
import { DOORS } from "./doors.js";
import { fuzzOptions, USAGE, type FuzzOptions } from "./options.js";
import { scratchHere } from "./scratch.js";
import { tryInput } from "./try-input.js";
import { watchedRun, type DoorReport } from "./watched-run.js";

const MINUTE_MS = 60_000;
/** Short ones only: a corpus is read by people. */
const MAX_KEPT_BYTES = 200;
/** Of one door. What broke a promise is kept in any case. */
const MAX_KEPT = 12;

function say(line: string): void {
  stdout.write(`${line}\n`);
}

async function fuzz(options: FuzzOptions): Promise<number> {
  const { doors, minutes, seed, keep } = options;
  say(`${doors.length} targets, ${minutes} min, --seed ${seed}`);
  const forMs = (minutes * MINUTE_MS) / doors.length;
  let broken = 0;
  let executions = 0;
  for (const door of doors) {
    const begunMs = Date.now();
    const report = await watchedRun({ name: door.name, seed, forMs }, (count) => progress(door, count));
    const seconds = (Date.now() - begunMs) / 1000;
    executions += report.executions;
    const { outcomes } = report;
    const verdict = report.finding === undefined ? "holds" : "BROKEN";
    const counts = `${String(report.executions).padStart(9)} inputs ${seconds.toFixed(0).padStart(5)} s`;
    say(`${clear()}  ${verdict.padEnd(7)}${door.name.padEnd(20)}${counts} ${outcomes.length} outcomes`);
    if (report.finding !== undefined) {
      broken += 1;
      tellFinding(door, report.finding);
    } else if (keep) keepOutcomes(door, outcomes);
  }
  say(`${executions} inputs, ${broken} broken, --seed ${seed}`);
  return broken === 0 ? 0 : 1;
}

function tellFinding(
  { name, promise }: Door,
  { bytes, why, stack }: NonNullable<DoorReport["finding"]>,
): void {
  const entry = keepInput(name, { note: why, bytes });
  say(`          it promises: ${promise}\n          ${stack.split("\n").slice(0, 8).join("\n          ")}`);
  say(`          again: npm run fuzz -- --target ${name} --entry ${entry}`);
}

/** What no seed and no kept input led to by itself is kept where it is short. */
function keepOutcomes({ name }: Door, outcomes: DoorReport["outcomes"]): void {
  for (const [outcome, bytes] of outcomes)
    if (bytes.length <= MAX_KEPT_BYTES && keptInputs(name).length < MAX_KEPT)
      keepInput(name, { note: `outcome: ${outcome}`, bytes });
}

async function tryEntry(door: Door, entry: number): Promise<number> {
  const kept = keptInputs(door.name)[entry - 1];
  if (kept === undefined) {
    stderr.write(`${door.name} keeps ${keptInputs(door.name).length} inputs\n`);
    return 64;
  }
  say(
    `${door.name}: ${door.promise}\n${kept.note}\n${JSON.stringify(Buffer.from(kept.bytes).toString("latin1"))}`,
  );
  const scratch = scratchHere();
  const outcome = await tryInput(door, kept.bytes);
  scratch.remove();
  if (outcome.kept) say(`holds: ${outcome.word}`);
  else say(`BROKEN: ${outcome.error instanceof Error ? outcome.error.stack : String(outcome.error)}`);
  return outcome.kept ? 0 : 1;
}

function progress({ name }: Door, count: number): void {
  if (stdout.isTTY) stdout.write(`${clear()}  …      ${name.padEnd(20)}${String(count).padStart(9)} inputs`);
}

function clear(): string {
  return stdout.isTTY ? "\r\u001b[K" : "";
}

async function main(): Promise<number> {
  const options = fuzzOptions(argv.slice(2), DOORS);
  if (options === "help") say(USAGE);
  else if (options === "list") for (const { name, promise } of DOORS) say(`${name.padEnd(20)} ${promise}`);
  else if (typeof options === "string") {
    stderr.write(`${options}\n${USAGE}`);
    return 64;
  } else {
    const [door] = options.doors;
    return options.entry !== undefined && door !== undefined
      ? await tryEntry(door, options.entry)
      : await fuzz(options);
  }
  return 0;
}

// Doors that have opened a socket would keep this process.
exit(await main());
