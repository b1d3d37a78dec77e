// Tests on real hosts, several clusters at once. A file that fails is run once more by itself: clusters that share two
// cores steal each other's time, and heartbeat's own scripts do not stand every load. What fails alone too has failed.
// Usage: node scripts/labs.mjs PROJECT AT-ONCE [file ...]
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
/** More files than this that fail are no accident of load: they are not tried again. */
const MOST_AGAIN = 4;

const [project = "lab", atOnce = "1", ...chosen] = process.argv.slice(2);
const directory = mkdtempSync(join(tmpdir(), "systole-labs-"));

/** Returns the files that failed; undefined when the run itself did not come to an end. */
async function run(files, workers) {
  const report = join(directory, "report.json");
  rmSync(report, { force: true });
  const args = ["run", "--project", project, `--maxWorkers=${workers}`, ...files];
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
    console.error(`${project}: there is no report of the run (${error.message})`);
    return [];
  }
}

async function main() {
  const failed = await run(chosen, atOnce);
  if (failed === undefined) return 1;
  if (failed.length === 0) return 0;
  const names = failed.map((name) => basename(name)).join(", ");
  if (failed.length > MOST_AGAIN) {
    console.error(`${project}: ${failed.length} files failed: ${names}`);
    return 1;
  }
  console.log(`\n${project}: failed beside others, and run once more alone: ${names}\n`);
  const still = await run(failed, 1);
  if (still?.length === 0) {
    console.log(`\n${project}: passed alone: ${names}`);
    return 0;
  }
  console.error(
    `\n${project}: failed alone too: ${(still ?? failed).map((name) => basename(name)).join(", ")}`,
  );
  return 1;
}

try {
  process.exitCode = await main();
} finally {
  rmSync(directory, { recursive: true, force: true });
}
