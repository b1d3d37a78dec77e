// From a clone to something that runs: the right Node, npm dependencies, a build, and with --lab the programs that a lab needs.
// Works before anything is installed, parses on old versions of Node so that it can refuse them, and is quick when all is done.
// With --broker also a broker of MQTT, with --interop Debian's heartbeat too, with --comparison keepalived as well; none is started.
// Usage: node scripts/setup.mjs [--lab | --broker | --interop | --comparison] [--quiet]
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { prepareLab } from "./lab-programs.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const stampFile = `${root}node_modules/.systole-setup.json`;
const comparison = process.argv.includes("--comparison");
const interop = comparison || process.argv.includes("--interop");
const broker = interop || process.argv.includes("--broker");
const options = {
  interop,
  broker,
  comparison,
  lab: broker || process.argv.includes("--lab"),
  quiet: process.argv.includes("--quiet"),
};

/** Ends the script with a sentence instead of a stack. */
class SetupFailure extends Error {}

function say(line) {
  if (!options.quiet) console.log(`setup: ${line}`);
}

/** Runs a program to its end; its output is shown when it fails. */
function run(what, command, args, env = {}) {
  const begunMs = Date.now();
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const seconds = ((Date.now() - begunMs) / 1000).toFixed(1);
  if (result.error) throw new SetupFailure(`${what} could not be started: ${result.error.message}`);
  if (result.status !== 0)
    throw new SetupFailure(
      `${what} failed (${command} ${args.join(" ")}):\n${result.stdout}${result.stderr}`,
    );
  return seconds;
}

function checkNode() {
  const wanted = JSON.parse(readFileSync(`${root}package.json`, "utf8")).engines.node;
  const [major, minor] = wanted.replace(">=", "").split(".").map(Number);
  const [ownMajor, ownMinor] = process.versions.node.split(".").map(Number);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return;
  throw new SetupFailure(
    `Systole needs Node.js ${major}.${minor} or later, and this is ${process.versions.node} (${process.execPath}). ` +
      "Install a newer one, for example from https://nodejs.org/.",
  );
}

function installDependencies() {
  const lock = createHash("sha256")
    .update(readFileSync(`${root}package-lock.json`))
    .digest("hex");
  if (installedLock() === lock) return;
  say("installing npm dependencies …");
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.env.npm_execpath;
  const seconds =
    npm !== undefined && npm.endsWith("npm-cli.js")
      ? run("npm", process.execPath, [npm, ...args])
      : run("npm", "npm", args);
  writeFileSync(stampFile, `${JSON.stringify({ lock })}\n`);
  say(`npm dependencies installed in ${seconds} s`);
}

/** Digest of the lock file that the present node_modules were installed from; undefined when that is not known. */
function installedLock() {
  if (!existsSync(stampFile)) return undefined;
  try {
    return JSON.parse(readFileSync(stampFile, "utf8")).lock;
  } catch (error) {
    say(`${stampFile} cannot be read (${error.message}); installing again`);
    return undefined;
  }
}

function build() {
  const compiler = "node_modules/typescript/bin/tsc";
  if (!existsSync(`${root}${compiler}`))
    throw new SetupFailure(`${compiler} is missing. Remove node_modules and run this again.`);
  say(`built in ${run("The build", process.execPath, [compiler, "-b"])} s`);
}

function main() {
  checkNode();
  installDependencies();
  build();
  if (!options.lab) return 0;
  const missing = prepareLab({ run, say, ...options });
  if (missing === undefined) return 0;
  console.error(`setup: ${missing}`);
  // On a laptop what needs a lab says so itself and is skipped; a build server must not pass without it.
  return process.env.CI === "true" ? 1 : 0;
}

try {
  process.exitCode = main();
} catch (error) {
  if (!(error instanceof SetupFailure)) throw error;
  console.error(`setup: ${error.message}`);
  process.exitCode = 1;
}
