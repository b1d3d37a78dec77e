// All static checks and the unit tests in one command: two at a time, the output of what failed, and a table of seconds.
// Usage: node scripts/check.mjs [name ...]
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = (name) => `node_modules/.bin/${name}`;
const cruised = [
  "core/src",
  "sdk/src",
  "witness/src",
  "sim/src",
  "plugins",
  "daemon/src",
  "test/src",
  "examples",
];

/** The longest first, so that the short ones fill the gaps. */
const steps = [
  {
    name: "unit",
    what: "unit tests",
    command: bin("vitest"),
    // By itself vitest leaves a core idle, which on two cores is half of them; many of these tests wait for programs.
    args: ["run", "--project", "unit", `--maxWorkers=${Math.max(2, availableParallelism())}`],
  },
  { name: "types", what: "types and build", command: bin("tsc"), args: ["-b"] },
  {
    name: "layers",
    what: "who imports whom",
    command: bin("depcruise"),
    args: [...cruised, "--config", ".dependency-cruiser.cjs"],
  },
  {
    name: "api",
    what: "the SDK's interface",
    command: process.execPath,
    args: ["scripts/api.mjs", "--check"],
  },
  { name: "lint", what: "lint", command: bin("oxlint"), args: [] },
  { name: "format", what: "format", command: bin("oxfmt"), args: ["--check", "."] },
];

/** Output kept of one step; the end of it says what went wrong. */
const KEPT_CHARACTERS = 400_000;

const running = new Set();

function run({ command, args }) {
  return new Promise((resolve) => {
    const begunMs = performance.now();
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    let output = "";
    const keep = (chunk) => (output = (output + chunk).slice(-KEPT_CHARACTERS));
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    const end = (ok) => {
      running.delete(child);
      resolve({ ok, output, seconds: (performance.now() - begunMs) / 1000 });
    };
    child.on("error", (error) => {
      keep(`${error.message}\n`);
      end(false);
    });
    child.on("close", (code) => end(code === 0));
  });
}

async function runAll(chosen) {
  const results = new Map();
  const waiting = [...chosen];
  const worker = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      console.log(`  …     ${step.what}`);
      const result = await run(step);
      results.set(step, result);
      console.log(`  ${result.ok ? "ok   " : "FAILS"} ${step.what}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
  return results;
}

function report(chosen, results, seconds) {
  for (const step of chosen.filter((each) => !results.get(each).ok))
    console.log(
      `\n──── ${step.what}: ${step.command} ${step.args.join(" ")}\n${results.get(step).output.trimEnd()}`,
    );
  console.log("");
  for (const step of chosen) {
    const { ok, seconds: took } = results.get(step);
    console.log(`  ${step.what.padEnd(18)} ${ok ? "ok   " : "FAILS"} ${took.toFixed(1).padStart(6)} s`);
  }
  console.log(`  ${"in all".padEnd(18)}       ${seconds.toFixed(1).padStart(6)} s`);
}

async function main() {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    console.error(
      `No check is called ${unknown.join(", ")}. There are: ${steps.map(({ name }) => name).join(", ")}.`,
    );
    return 64;
  }
  if (!existsSync(`${root}/${bin("tsc")}`)) {
    console.error("Nothing is installed yet. Run `npm run setup` first.");
    return 78;
  }
  const chosen = steps.filter((step) => names.length === 0 || names.includes(step.name));
  const begunMs = performance.now();
  const results = await runAll(chosen);
  report(chosen, results, (performance.now() - begunMs) / 1000);
  return [...results.values()].every(({ ok }) => ok) ? 0 : 1;
}

for (const signal of ["SIGINT", "SIGTERM"])
  process.once(signal, () => {
    for (const child of running) child.kill(signal);
    process.exitCode = 130;
  });
process.exitCode ||= await main();
