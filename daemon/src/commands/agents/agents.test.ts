// Does `systole agents` find what is on a machine, and does a rehearsal find the agents that break their promises?
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runCommandLine } from "../../cli.js";
import { recordingTerminal, type RecordingTerminal } from "../../testkit/recording-terminal.js";

let haDir = "";
let terminal: RecordingTerminal;

beforeEach(async () => {
  haDir = await mkdtemp(join(tmpdir(), "systole-agents-"));
  await mkdir(join(haDir, "resource.d"));
  terminal = recordingTerminal();
});
afterEach(() => rm(haDir, { recursive: true, force: true }));

/** A script of heartbeat whose state is a file. `start`, `stop` and `status` replace what it does then. */
async function script(
  name: string,
  { start = "touch $F", stop = "rm -f $F", status = "[ -e $F ] && echo running || echo stopped" } = {},
): Promise<void> {
  const body = `#!/bin/sh\nF=${haDir}/state\ncase $1 in start) ${start} ;; stop) ${stop} ;; status) ${status} ;; esac\n`;
  await writeFile(join(haDir, "resource.d", name), body, { mode: 0o755 });
}
const run = (...args: string[]): Promise<number> =>
  runCommandLine(["agents", ...args, "--ha-dir", haDir], terminal);

interface Verdict {
  readonly keepsItsPromises: boolean;
  readonly refused?: string;
  readonly steps: readonly { readonly name: string; readonly kept: boolean; readonly reason: string }[];
}
async function verdictOn(name: string): Promise<readonly [exitCode: number, verdict: Verdict]> {
  const exitCode = await run("test", `heartbeat:${name}`, "--json", "--timeout", "5");
  return [exitCode, JSON.parse(terminal.written.out) as Verdict];
}

it("list shows each class with its members, and can be asked for one of them", async () => {
  await script("web");
  expect(await run("list")).toBe(0);
  const text = terminal.written.out;
  const order = ["native", "ocf", "heartbeat  1", "  web\n", "lsb", "systemd"].map((word) =>
    text.indexOf(word),
  );
  expect(order).toEqual(order.toSorted((one, other) => one - other));
  expect(order).not.toContain(-1);
  expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  terminal = recordingTerminal();
  expect(await run("list", "heartbeat", "--json")).toBe(0);
  expect(JSON.parse(terminal.written.out)).toEqual({
    agents: [{ class: "heartbeat", name: "heartbeat:web" }],
  });
});

it("describe shows parameters of a native agent, and has a word for what does not exist", async () => {
  expect(await run("describe", "IPaddr2")).toBe(0);
  expect(terminal.written.out).toContain("cidr_netmask");
  expect(await run("describe", "heartbeat:nothing")).toBe(1);
  expect(terminal.written.err).toContain('nothing looks after "heartbeat:nothing"');
});

it("test of a good agent goes all the way, and leaves nothing", async () => {
  await script("good");
  const [exitCode, verdict] = await verdictOn("good");
  expect(exitCode).toBe(0);
  expect(verdict.keepsItsPromises).toBe(true);
  expect(verdict.steps.map(({ name }) => name)).toEqual([
    "status",
    "start",
    "status",
    "start again",
    "status",
    "stop",
    "status",
    "stop again",
    "status",
  ]);
  await expect(readFile(join(haDir, "state"))).rejects.toThrow("ENOENT");
});

it("test of a good agent is told step by step to people, with the contract when it is asked for", async () => {
  await script("good");
  expect(await run("test", "heartbeat:good", "--contract")).toBe(0);
  expect(terminal.written.out).toMatch(/ok {2}start +running +\d+ ms\n/);
  expect(terminal.written.out).toContain("ok  start-twice");
  expect(terminal.written.out).toContain("The agent keeps its promises.\n");
}, 60_000);

it.each([
  ["start that does nothing", { start: "true" }, ["status"], "it says stopped"],
  ["start that fails", { start: "echo no disk >&2; exit 1" }, ["start"], "no disk"],
  ["stop that does nothing", { stop: "true" }, ["status", "status"], "it says running"],
  ["stop that fails", { stop: "echo busy >&2; exit 1" }, ["stop", "status", "stop again", "status"], "busy"],
])("test finds a %s, and the ways down are gone all the same", async (_what, how, broken, words) => {
  await script("bad", how);
  const [exitCode, verdict] = await verdictOn("bad");
  expect(exitCode).toBe(1);
  expect(verdict.keepsItsPromises).toBe(false);
  const failed = verdict.steps.filter(({ kept }) => !kept);
  expect(failed.map(({ name }) => name)).toEqual(broken);
  expect(failed[0]?.reason).toContain(words);
  expect(verdict.steps.at(-2)?.name).toBe("stop again");
});

it("test does not touch what is running already", async () => {
  await script("busy", { stop: `touch ${haDir}/was-stopped` });
  await writeFile(join(haDir, "state"), "");
  const [exitCode, verdict] = await verdictOn("busy");
  expect(exitCode).toBe(1);
  expect(verdict.refused).toContain("it says running");
  expect(verdict.steps).toEqual([]);
  await expect(readFile(join(haDir, "was-stopped"))).rejects.toThrow("ENOENT");
});

it("test ends a step that hangs at its deadline", async () => {
  await script("hangs", { start: "sleep 60" });
  const exitCode = await run("test", "heartbeat:hangs", "--json", "--timeout", "1");
  const { steps } = JSON.parse(terminal.written.out) as Verdict;
  expect(exitCode).toBe(1);
  expect(steps[1]).toMatchObject({ name: "start", kept: false, reason: expect.stringContaining("timeout") });
  expect(steps.at(-1)).toMatchObject({ name: "status", kept: true });
});
