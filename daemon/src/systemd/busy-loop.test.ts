// A whole daemon that systemd watches, with a socket of ours in systemd's place: when its event loop is kept busy it feeds the
// watchdog no more, although it lives.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { NotifyReceiver } from "../testkit/notify-receiver.js";

const LAUNCHER = fileURLToPath(new URL("../../../bin/systole", import.meta.url));
const WATCHDOG_MS = 400;
const BUSY_MS = 1500;
const PATIENCE_MS = 15_000;
const HA_CF = `keepalive 50ms
deadtime 1
warntime 500ms
initdead 10
udpport 16949
ucast lo 127.0.0.1
node alone
`;
const BUSY_CJS = `process.on("SIGUSR2", () => {
  const end = performance.now() + ${BUSY_MS};
  while (performance.now() < end);
});
`;

let directory: string;
let receiver: NotifyReceiver;
let daemon: ChildProcess;
let output: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "systole-busy-"));
  const haDirectory = join(directory, "ha.d");
  mkdirSync(haDirectory);
  writeFileSync(join(haDirectory, "ha.cf"), HA_CF);
  writeFileSync(join(haDirectory, "authkeys"), "auth 1\n1 sha1 secret\n", { mode: 0o600 });
  writeFileSync(join(haDirectory, "haresources"), "");
  writeFileSync(join(directory, "busy.cjs"), BUSY_CJS);
  receiver = new NotifyReceiver(join(directory, "notify"));
  const own = [
    "--state-dir",
    join(directory, "state"),
    "--run-dir",
    join(directory, "run"),
    "--node",
    "alone",
  ];
  daemon = spawn(process.execPath, [LAUNCHER, "run", "--ha-dir", haDirectory, ...own], {
    env: {
      PATH: process.env["PATH"],
      NODE_OPTIONS: `--require=${join(directory, "busy.cjs")}`,
      NOTIFY_SOCKET: join(directory, "notify"),
      WATCHDOG_USEC: String(WATCHDOG_MS * 1000),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  output = "";
  for (const stream of [daemon.stdout, daemon.stderr])
    stream?.on("data", (piece: Buffer) => (output += piece.toString()));
});

afterEach(async () => {
  const ended = daemon.exitCode === null && daemon.signalCode === null ? once(daemon, "exit") : undefined;
  daemon.kill("SIGKILL");
  await ended;
  receiver.close();
  rmSync(directory, { recursive: true });
});

const fed = (): number => receiver.heard().filter((text) => text === "WATCHDOG=1").length;

async function until(what: string, probe: () => boolean): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!probe()) {
    if (performance.now() > endMs) throw new Error(`did not happen: ${what}; the daemon said:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

it("a daemon that is busy with something else feeds the watchdog no more, until it is back", async () => {
  await until("the watchdog to be fed", () => fed() >= 3);
  expect(receiver.heard()).toContain("READY=1");
  daemon.kill("SIGUSR2");
  const busyMs = performance.now();
  // The signal takes a moment, and what was under way is done.
  await new Promise((resolve) => setTimeout(resolve, BUSY_MS / 3));
  const before = fed();
  while (performance.now() < busyMs + BUSY_MS - 100) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(fed()).toBe(before);
  expect(daemon.exitCode).toBeNull();
  await until("it to be fed again", () => fed() >= before + 2);
  daemon.kill("SIGTERM");
  await once(daemon, "exit");
  expect(receiver.heard()).toContain("STOPPING=1");
  expect(daemon.exitCode).toBe(0);
});
