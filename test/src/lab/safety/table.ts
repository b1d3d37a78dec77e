// `npm run test:safety -- --table`: every row on Systole, heartbeat 3.0.6 and keepalived, side by side. Shows each figure as it
// comes, then the table. Not a test: nothing here passes or fails.
// Usage: node table.js [--markdown] [--json] [--only SCENARIO,...] [--set-ups NAME,...] [--at-once N]
import { LabError } from "../index.js";
import { markdownOf, progressOf, textOf } from "./report.js";
import type { RowResult, Scenario } from "./row.js";
import { runScenario } from "./run-scenario.js";
import type { SetUp } from "./set-up.js";
import { parseTableOptions } from "./table-options.js";

const RUN = { clientIntervalMs: 5, patienceMs: 30_000, expectPromised: false } as const;

interface Job {
  readonly scenario: Scenario;
  readonly setUp: SetUp;
}

async function main(): Promise<number> {
  const options = parseTableOptions(process.argv.slice(2));
  const jobs: Job[] = options.scenarios.flatMap((scenario) =>
    options.setUps.filter(({ id }) => scenario.setUps.includes(id)).map((setUp) => ({ scenario, setUp })),
  );
  const results: RowResult[] = [];
  const failures: string[] = [];
  let done = 0;
  const run = async ({ scenario, setUp }: Job): Promise<void> => {
    try {
      await runScenario(scenario, setUp, RUN, (result) => {
        results.push(result);
        process.stderr.write(`${progressOf(result, done, jobs.length)}\n`);
      });
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      failures.push(`${setUp.title}: ${scenario.id}: ${error.message}`);
      process.stderr.write(`${failures.at(-1) ?? ""}\n`);
    }
    done += 1;
  };
  await several(
    jobs.filter(({ scenario }) => scenario.alone !== true),
    options.atOnce,
    run,
  );
  await several(
    jobs.filter(({ scenario }) => scenario.alone === true),
    1,
    run,
  );
  const print = {
    text: textOf,
    markdown: markdownOf,
    json: (all: readonly RowResult[]) => JSON.stringify(all, undefined, 2),
  };
  process.stdout.write(`${print[options.form](results, options.scenarios, options.setUps)}\n`);
  return failures.length === 0 ? 0 : 1;
}

/** Runs the jobs in order, `atOnce` at a time. */
async function several(
  jobs: readonly Job[],
  atOnce: number,
  run: (job: Job) => Promise<void>,
): Promise<void> {
  const waiting = [...jobs];
  const worker = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await run(job);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof LabError) && !(error instanceof TypeError)) throw error;
  process.stderr.write(`safety: ${error.message}\n`);
  process.exitCode = 1;
}
