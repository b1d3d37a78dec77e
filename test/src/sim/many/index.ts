// Many lives on all cores: `npm run sim -- --seeds 10000 [--from SEED] [--fresh N]`. A life that fails is made small and printed.
import { randomInt } from "node:crypto";
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { lifeOfSeed, live, shrink, transcriptOf } from "@systole/sim";
import type { ScriptCoverage } from "../coverage/recorder.js";
import { allBranches, coverageReport } from "../coverage/report.js";
import { AUTHENTICATOR } from "../simulated-cluster.js";
import { Tally } from "./tally.js";
import type { Asked, LivedSeed } from "./worker.js";

const USAGE = `Usage: npm run sim -- [--seeds N] [--from SEED] [--fresh N] [--mixed] [--coverage [--json FILE]]
  --seeds N    lives of the seeds from --from on (default 1000)
  --from SEED  the first of them (default 1)
  --fresh N    and of N seeds that nobody has lived before; their numbers are printed
  --mixed      each of them as the life of a Systole and a heartbeat
  --coverage   and which branches of the engine and of the frames they reached; fails on one that is not, and is not listed
  --json FILE  every branch, as JSON
A life that fails is lived again with fewer faults and fewer nodes until nothing can be left out, and printed.`;
/** Almost everything that a life makes is garbage a moment later: a large nursery costs less than collecting it often. */
const LIMITS = { maxYoungGenerationSizeMb: 128 };
const PROGRESS_MS = 10_000;
const MOST_SHRUNK = 3;

interface Wanted {
  readonly seeds: readonly number[];
  readonly fresh: readonly number[];
  readonly coverage: boolean;
  /** A file for the branches. */
  readonly json: string | undefined;
  readonly mixed: boolean;
}

function wanted(args: readonly string[]): Wanted {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string" },
      from: { type: "string" },
      fresh: { type: "string" },
      coverage: { type: "boolean" },
      json: { type: "string" },
      mixed: { type: "boolean" },
    },
  });
  const from = wholeNumber("from", values.from ?? "1");
  const seeds = Array.from(
    { length: wholeNumber("seeds", values.seeds ?? "1000") },
    (_, index) => from + index,
  );
  const first = randomInt(1_000_000, 2_000_000_000);
  const fresh = Array.from(
    { length: wholeNumber("fresh", values.fresh ?? "0") },
    (_, index) => first + index,
  );
  const { mixed = false, coverage = false, json } = values;
  if (json !== undefined && !coverage) throw new Error("--json FILE is for --coverage");
  return { seeds, fresh, mixed, coverage, json };
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,10}$/.test(text))
    throw new Error(`--${option} ${text}: write a whole number, as in --${option} 500`);
  return Number(text);
}

/** Each thread is given the next seed when it has lived the one before. Returns what each has counted of its branches. */
async function liveAll(
  seeds: readonly number[],
  tally: Tally,
  { mixed, coverage }: Wanted,
): Promise<readonly (readonly ScriptCoverage[])[]> {
  const file = coverage ? "counted-worker.js" : "worker.js";
  const left = seeds[Symbol.iterator]();
  const work = async (): Promise<readonly ScriptCoverage[]> => {
    const worker = new Worker(new URL(file, import.meta.url), { resourceLimits: LIMITS });
    try {
      for (const seed of left) tally.add(await answered<LivedSeed>(worker, { seed, mixed }));
      return coverage ? await answered<readonly ScriptCoverage[]>(worker, "counts") : [];
    } finally {
      await worker.terminate();
    }
  };
  // An array's own iterator can be shared; one thread that breaks off would end it for all, and that ends the run anyway.
  return Promise.all(Array.from({ length: availableParallelism() }, work));
}

function answered<Answer>(worker: Worker, asked: Asked | "counts"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", (told: Answer) => {
      worker.off("error", reject);
      resolve(told);
    });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window
    worker.postMessage(asked);
  });
}

function explain({ seed, complaints }: LivedSeed, mixed: boolean): void {
  const { init, lives } = shrink(lifeOfSeed(seed, AUTHENTICATOR, mixed));
  say(
    `\nseed ${seed}: ${complaints.map(({ check, atMs, what }) => `${check} at ${atMs} ms: ${what}`).join("; ")}`,
  );
  say(`as small as it gets (${lives} lives):\n`);
  say(transcriptOf(init.scene, init.schedule, init.seed, AUTHENTICATOR));
  for (const { check, atMs, what } of live(init).complaints) say(`!! ${check}, at ${atMs} ms: ${what}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Returns how many branches nobody reached and nobody has explained. */
async function cover(threads: readonly (readonly ScriptCoverage[])[], json?: string): Promise<number> {
  const branches = await allBranches(threads);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(branches, undefined, 2)}\n`);
  const { lines, unexplained } = coverageReport(branches);
  for (const line of lines) say(line);
  return unexplained;
}

async function main(): Promise<number> {
  const asked = wanted(process.argv.slice(2));
  const { seeds, fresh, mixed, coverage, json } = asked;
  const [first, last] = [fresh[0], fresh.at(-1)];
  if (first !== undefined)
    say(
      `fresh seeds: ${first} to ${last} (again: npm run sim -- --from ${first} --seeds ${fresh.length}${mixed ? " --mixed" : ""})`,
    );
  const tally = new Tally();
  const begunMs = performance.now();
  const all = [...seeds, ...fresh];
  const progress = setInterval(
    () => say(`  … ${tally.lives} of ${all.length} lives, ${tally.failed} failed`),
    PROGRESS_MS,
  );
  process.once("SIGINT", () => {
    for (const line of tally.report(performance.now() - begunMs)) say(line);
    process.exit(130);
  });
  const threads = await liveAll(all, tally, asked).finally(() => clearInterval(progress));
  for (const line of tally.report(performance.now() - begunMs)) say(line);
  for (const failure of tally.failures.slice(0, MOST_SHRUNK)) explain(failure, mixed);
  const seedsThatFail = tally.failures.map(({ seed }) => seed).join(", ");
  say(tally.failed === 0 ? "no life failed" : `${tally.failed} lives failed, among them: ${seedsThatFail}`);
  const unexplained = coverage ? await cover(threads, json) : 0;
  return tally.failed === 0 && unexplained === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
  process.exitCode = 64;
}
