// Nothing here ends this machine: the trigger is a file, and the command ends a process that the test has started.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NodeClock, NodeProcesses } from "@systole/core/node";
import { Clock, FenceDevice, Processes } from "@systole/sdk";
import { contractFor, runContract, service, TestHost } from "@systole/sdk/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import plugin from "./index.js";

const live = (): AbortSignal => new AbortController().signal;
const WAIT_MS = 20;

let directory: string;
let sysrq: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fence-suicide-"));
  sysrq = join(directory, "sysrq-trigger");
  await writeFile(sysrq, "");
});
afterEach(() => rm(directory, { recursive: true }));

/** This node is `master`. */
async function open(config: object) {
  const services = [service(Clock, new NodeClock()), service(Processes, new NodeProcesses())];
  const host = await TestHost.boot(plugin, { config: { waitMs: WAIT_MS, ...config }, services });
  return { host, device: host.get(FenceDevice, "suicide") };
}

it("keeps the contract of a device that has no ok to give", async () => {
  const { device } = await open({ sysrq });
  const results = await runContract(contractFor("fence-device"), {
    open: () => ({ device, node: "master", actions: [] }),
  });
  expect(results.filter(({ outcome }) => outcome === "failed")).toEqual([]);
  expect(results.filter(({ outcome }) => outcome === "passed").map(({ id }) => id)).toContain(
    "has-the-actions-it-says",
  );
});

it("tells the kernel to reset, and has failed when this node is still there", async () => {
  const { host, device } = await open({ sysrq });
  expect(await device.execute("reset", "master", live())).toEqual({
    ok: false,
    kind: "error",
    reason: `this node could not be ended: b to ${sysrq}: still here after ${WAIT_MS} ms`,
  });
  expect(await readFile(sysrq, "utf8")).toBe("b");
  expect(host.log.of("fence.self")).toMatchObject([{ fields: { node: "master", action: "reset" } }]);
});

it("powers off, and resets when that does nothing", async () => {
  const { device } = await open({ sysrq });
  await device.execute("off", "master", live());
  expect(await readFile(sysrq, "utf8")).toBe("ob");
});

it("touches nothing for another node, for on, and when it is aborted", async () => {
  const { device } = await open({ sysrq });
  expect(await device.execute("reset", "slave", live())).toMatchObject({ kind: "unknown-node" });
  expect(await device.execute("on", "master", live())).toMatchObject({ kind: "error" });
  expect(await device.execute("off", "master", AbortSignal.abort())).toMatchObject({ kind: "timeout" });
  expect(await readFile(sysrq, "utf8")).toBe("");
});

it("runs a command that really ends what it is aimed at", async () => {
  const victim = spawn("sleep", ["60"]);
  const ended = once(victim, "exit");
  const { device } = await open({ command: ["/bin/sh", "-c", `kill -9 ${victim.pid}`] });
  await device.execute("reset", "master", live());
  expect(await ended).toEqual([null, "SIGKILL"]);
});

it("goes on to the kernel when the command fails, hangs or is not there", async () => {
  // On a busy machine even /bin/false needs its time.
  for (const [command, waitMs, trouble] of [
    [["/bin/false"], 2000, "exited with 1"],
    [["/bin/sleep", "60"], WAIT_MS, `still here after ${WAIT_MS} ms`],
    [["/no/such/program"], WAIT_MS, "cannot start"],
  ] as const) {
    const { device } = await open({ command, sysrq, waitMs });
    const result = JSON.stringify(await device.execute("reset", "master", live()));
    expect(result).toContain(`${command[0]}: ${trouble}`);
  }
  expect(await readFile(sysrq, "utf8")).toBe("bbb");
});

it("does not make a trigger where there is none", async () => {
  const { device } = await open({ sysrq: join(directory, "wrong") });
  expect(await device.execute("reset", "master", live())).toMatchObject({
    kind: "error",
    reason: expect.stringContaining("ENOENT") as string,
  });
});

it("leaves nothing behind when it is given up", async () => {
  const host = await TestHost.boot(plugin, { config: { sysrq } });
  const patience = new AbortController();
  const result = host.get(FenceDevice, "suicide").execute("off", "master", patience.signal);
  patience.abort();
  expect(await result).toMatchObject({ ok: false, kind: "timeout" });
  await host.close();
});

it("feeds the watchdog no more before it does anything else, and waits for it at last", async () => {
  const fed = join(directory, "fed");
  await writeFile(fed, "");
  const command = ["/bin/sh", "-c", `cp ${fed} ${fed}.then; exit 1`];
  const { host, device } = await open({ watchdog: true, command, waitMs: 2000 });
  host.selfReset.resetsWithinMs = 50;
  const stopFeeding = host.selfReset.stopFeeding.bind(host.selfReset);
  host.selfReset.stopFeeding = (reason) => {
    writeFileSync(fed, "no more");
    return stopFeeding(reason);
  };
  const begunMs = performance.now();
  const patience = AbortSignal.timeout(1000);
  expect(await device.execute("reset", "master", patience)).toMatchObject({
    kind: "timeout",
    reason: expect.stringMatching(
      /^\/bin\/sh: exited with 1; the watchdog: still here after \d+ ms$/u,
    ) as string,
  });
  expect(performance.now() - begunMs).toBeGreaterThan(900);
  expect(await readFile(`${fed}.then`, "utf8")).toBe("no more");
  expect(host.selfReset.reasons).toEqual(["reset of this node"]);
});

it("waits for the watchdog's own time and a little more, and has failed then", async () => {
  const { host, device } = await open({ watchdog: true });
  host.selfReset.resetsWithinMs = 300;
  const begunMs = performance.now();
  expect(await device.execute("off", "master", live())).toMatchObject({ kind: "error" });
  expect(performance.now() - begunMs).toBeGreaterThan(300);
});

it("says so where no watchdog is in use, and leaves one alone that it was not told of", async () => {
  const { device } = await open({ watchdog: true });
  expect(await device.execute("reset", "master", live())).toMatchObject({
    kind: "error",
    reason: expect.stringContaining("write `watchdog /dev/watchdog` into ha.cf") as string,
  });
  const other = await open({ sysrq });
  other.host.selfReset.resetsWithinMs = 1;
  await other.device.execute("reset", "master", live());
  expect(other.host.selfReset.reasons).toEqual([]);
});

it("refuses a command without a path", async () => {
  await expect(open({ command: ["reboot"] })).rejects.toThrow(/absolute path of a program/);
  await expect(open({ command: [] })).rejects.toThrow(/a program and its arguments/);
});
