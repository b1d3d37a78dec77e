// The tests beside the real heartbeat, several clusters at once. A file that fails is run once more by itself: heartbeat's
// own scripts do not stand every load, and what fails alone too has failed.
// Usage: node scripts/interop.mjs [file ...]
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Clusters at once; they wait more than they work. */
const WORKERS = 4;
/** More files than this that fail are no accident of load: they are not tried again. */
const MOST_AGAIN = 4;

const directory = mkdtempSync(join(tmpdir(), "systole-interop-"));

/** Returns the files that failed; undefined when the run itself did not come to an end. */
async function run(files, workers) {
  const report = join(directory, "report.json");
  rmSync(report, { force: true });
  const args = ["run", "--project", "interop", `--maxWorkers=${workers}`, ...files];
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const child = spawn("node_modules/.bin/vitest", [...args, ...reporters], { cwd: root, stdio: "inherit" });
  const forward = (signal) => child.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, forward);
  const code = await new Promise((resolve) => child.on("close", resolve).on("error", () => resolve(1)));
  for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, forward);
  const failed = failedFiles(report);
  return code !== 0 && failed.length === 0 ? undefined : failed;
}

function failedFiles(report) {
  try {
    const { testResults } = JSON.parse(readFileSync(report, "utf8"));
    return testResults.filter(({ status }) => status !== "passed").map(({ name }) => name);
  } catch (error) {
    console.error(`interop: there is no report of the run (${error.message})`);
    return [];
  }
}

async function main() {
  const failed = await run(process.argv.slice(2), WORKERS);
  if (failed === undefined) return 1;
  if (failed.length === 0) return 0;
  const names = failed.map((name) => basename(name)).join(", ");
  if (failed.length > MOST_AGAIN) {
    console.error(`interop: ${failed.length} files failed: ${names}`);
    return 1;
  }
  console.log(`\ninterop: failed beside others, and run once more alone: ${names}\n`);
  const still = await run(failed, 1);
  if (still?.length === 0) {
    console.log(`\ninterop: passed alone: ${names}`);
    return 0;
  }
  console.error(`\ninterop: failed alone too: ${(still ?? failed).map((name) => basename(name)).join(", ")}`);
  return 1;
}

try {
  process.exitCode = await main();
} finally {
  rmSync(directory, { recursive: true, force: true });
}
