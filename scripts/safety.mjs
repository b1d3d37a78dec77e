// `npm run test:safety`: the rows of docs/safety.md on Systole, as tests. With --table, --markdown or --json the same rows beside
// heartbeat and keepalived instead, as figures: options of test/src/lab/safety/table.ts. Programs that are missing are installed.
// Usage: node scripts/safety.mjs [--table | --markdown | --json [option ...]]
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const args = process.argv.slice(2);
const isTable = args.some((one) => ["--table", "--markdown", "--json"].includes(one));

/** Clusters at once: these rows mostly wait. */
const AT_ONCE = "5";
/** Enough to see it; the table has the full two minutes. */
const BUSY_SECONDS = "10";

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
const busy = { SAFETY_BUSY_SECONDS: process.env.SAFETY_BUSY_SECONDS ?? BUSY_SECONDS };
const tests = (project, atOnce) => run(node, ["scripts/labs.mjs", project, atOnce, ...args], busy);
const work = () =>
  isTable
    ? run(node, ["test/dist/lab/safety/table.js", ...args])
    : tests("safety", AT_ONCE) || tests("safety-alone", "1");
process.exitCode = setUp === 0 ? work() : setUp;
