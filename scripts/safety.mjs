// `npm run test:safety`: every row of docs/safety.md on Systole, as tests. With --table, --markdown or --json the same rows beside
// heartbeat and keepalived instead, as figures: options of test/src/lab/safety/table.ts. Programs that are missing are installed.
// Usage: node scripts/safety.mjs [--table | --markdown | --json [option ...]]
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const args = process.argv.slice(2);
const isTable = args.some((one) => ["--table", "--markdown", "--json"].includes(one));

/** These rows mostly wait. */
const WORKERS = 5;
/** Enough to see it; the table has the full two minutes. */
const BUSY_SECONDS = "30";

function run(command, commandArgs, env = {}) {
  const { status, error } = spawnSync(command, commandArgs, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  if (error) console.error(`${command}: ${error.message}`);
  return status ?? 1;
}

const node = process.execPath;
const setUp = run(node, ["scripts/setup.mjs", isTable ? "--comparison" : "--interop", "--quiet"]);
const work = () =>
  isTable
    ? run(node, ["test/dist/lab/safety/table.js", ...args])
    : run(
        "node_modules/.bin/vitest",
        ["run", "--project", "safety", "--project", "safety-alone", `--maxWorkers=${WORKERS}`, ...args],
        { SAFETY_BUSY_SECONDS: process.env.SAFETY_BUSY_SECONDS ?? BUSY_SECONDS },
      );
process.exitCode = setUp === 0 ? work() : setUp;
