// Addresses with a lease: whatever becomes of the daemon, the kernel has taken its address away when the other node takes it
// over. It is counted, every 5 ms, how many nodes have it.
import { release } from "node:os";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { situation } from "./act-runner.js";
import { activeNode } from "./acts.js";
import { CLUSTER_ADDRESS, NODE_NAMES } from "./cluster-files.js";
import { sendSignal } from "./host.js";
import { closeLab, describeInLab, joined, openStarted, PATIENCE_MS, settledOn } from "./in-lab.js";
import type { Lab } from "./lab.js";
import { LAUNCHER } from "./programs.js";
import { monotonicMs, pause, waitFor } from "./wait.js";

/** Keepalive is 100 ms, so that a lease of 1 s fits. */
const DEADTIME_SECONDS = 3;
const FROZEN_MS = 9000;
const SPIN_PROGRAM = "/etc/ha.d/spin.cjs";
const spin = { path: SPIN_PROGRAM, text: 'process.on("SIGUSR2", () => { for (;;); });\n' };
const YAML = "/etc/ha.d/systole.yaml";
/** What the kernel does is to be seen, and not what the guard does. */
const guardOff = { path: YAML, text: "addresses: { guard: off }\n" };
const bothOff = { path: YAML, text: "addresses: { lease: off, guard: off }\n" };
const REAP = [process.execPath, LAUNCHER, "reap"];
const removeAddress = ["ip", "address", "del", `${CLUSTER_ADDRESS}/24`, "dev", "eth0"];

/** For how long in `fromMs..now` both nodes had the address, in ms. */
function bothHeldMs(lab: Lab, fromMs: number): number {
  return lab.holders.timeWith((count) => count > 1, fromMs, monotonicMs());
}

async function takenBy(lab: Lab, node: "master" | "cluster1"): Promise<void> {
  await waitFor(`${node} to take the address`, () => lab.holders.now().includes(node), {
    timeoutMs: PATIENCE_MS,
    describe: () => situation(lab),
  });
}

async function logged(lab: Lab, event: string): Promise<string> {
  const line = (): string | undefined =>
    lab
      .node("master")
      .logTail(500)
      .split("\n")
      .findLast((one) => one.includes(event));
  return await waitFor(`master to log ${event}`, line, {
    timeoutMs: PATIENCE_MS,
    describe: () => lab.node("master").logTail(),
  });
}

describeInLab("an address with a lease", () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await openStarted({
      implementation: "systole",
      variant: { deadtimeSeconds: DEADTIME_SECONDS, initdeadSeconds: DEADTIME_SECONDS + 1 },
      files: { master: [spin, guardOff], cluster1: [guardOff] },
    });
    // The daemon that is to be caught in a loop is the one of the later starts.
    lab.node("master").environment = { NODE_OPTIONS: `--require=${SPIN_PROGRAM}` };
  });

  it("kill -9 of the daemon: it is gone before the other node has it", async () => {
    const sinceMs = monotonicMs();
    await lab.node("master").killHard();
    await takenBy(lab, "cluster1");
    expect(lab.holders.now()).toEqual(["cluster1"]);
    expect(bothHeldMs(lab, sinceMs)).toBe(0);
    await lab.node("master").start();
  });

  it("a daemon stopped for 9 s and continued: never two nodes have it, then either", async () => {
    const sinceMs = monotonicMs();
    lab.node("master").freeze();
    await takenBy(lab, "cluster1");
    await pause(Math.max(0, sinceMs + FROZEN_MS - monotonicMs()));
    lab.node("master").thaw();
    expect(await settledOn(lab, "master")).toBe("master");
    expect(bothHeldMs(lab, sinceMs)).toBe(0);
  });

  it("a daemon in an endless loop: never two nodes have it", async () => {
    const sinceMs = monotonicMs();
    for (const { pid } of lab.node("master").daemonProcesses()) sendSignal(pid, "SIGUSR2");
    await takenBy(lab, "cluster1");
    expect(lab.holders.now()).toEqual(["cluster1"]);
    expect(lab.node("master").daemonProcesses()).not.toEqual([]);
    await lab.node("master").killHard();
    await lab.node("master").start();
    expect(await settledOn(lab, "master")).toBe("master");
    expect(bothHeldMs(lab, sinceMs)).toBe(0);
  });

  it("removed by hand: put back at once, long before anybody asks for its status", async () => {
    const sinceMs = monotonicMs();
    const { host } = lab.node("master");
    await host.must(removeAddress);
    await logged(lab, "address.put-back");
    expect(lab.holders.now()).toEqual(["master"]);
    const goneMs = lab.holders.timeWith((count) => count === 0, sinceMs, monotonicMs());
    expect(goneMs).toBeLessThan(1000);
  });

  it("removed by hand again and again: given up, and the group goes on", async () => {
    const { host } = lab.node("master");
    await waitFor(
      "the address to be given up",
      async () => {
        await host.run(removeAddress);
        return lab.node("master").logTail(500).includes("address.given-up");
      },
      { timeoutMs: PATIENCE_MS, everyMs: 50 },
    );
    await logged(lab, "resource.failed");
    expect(await settledOn(lab, "master")).toBe("master");
  });

  it("claimed by another host: told with its hardware address, and announced again", async () => {
    const { gateway } = lab;
    const [link] = JSON.parse(await gateway.must(["ip", "-json", "link", "show", "eth0"])) as {
      readonly address: string;
    }[];
    await gateway.must(["ip", "address", "add", `${CLUSTER_ADDRESS}/32`, "dev", "eth0"]);
    await gateway.must(["arping", "-q", "-c", "1", "-w", "1", "-A", "-I", "eth0", CLUSTER_ADDRESS]);
    expect(await logged(lab, "address.contested")).toContain(link?.address);
    await gateway.must(["ip", "address", "del", `${CLUSTER_ADDRESS}/32`, "dev", "eth0"]);
    await logged(lab, "address.announced-again");
    expect(await settledOn(lab, "master")).toBe("master");
  });

  afterEach(async () => {
    await joined(lab, "master");
    expect(await settledOn(lab, "master")).toBe("master");
  });

  afterAll(async () => {
    await closeLab(lab);
  });
});

describeInLab("an address without a lease or a guard", () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await openStarted({
      implementation: "systole",
      files: { master: [bothOff], cluster1: [bothOff] },
    });
  });

  it.skipIf(!kernelHasTags())("stays after kill -9, until `systole reap`", async () => {
    expect(activeNode(lab)).toBe("master");
    await lab.node("master").killHard();
    await takenBy(lab, "cluster1");
    expect(lab.holders.now().toSorted()).toEqual(NODE_NAMES.toSorted());
    const refused = await lab.node("cluster1").host.run(REAP);
    expect(refused).toMatchObject({ code: 108, stdout: "" });
    const reaped = await lab.node("master").host.run(REAP);
    expect(reaped).toMatchObject({ code: 0, stdout: `removed ${CLUSTER_ADDRESS}/24 from eth0\n` });
    expect(lab.holders.now()).toEqual(["cluster1"]);
  });

  it.skipIf(!kernelHasTags())("is removed by the next daemon before that serves", async () => {
    await lab.node("master").start();
    expect(await settledOn(lab, "master")).toBe("master");
    await lab.node("master").killHard();
    await takenBy(lab, "cluster1");
    await lab.node("master").start();
    expect(await logged(lab, "address.leftover-removed")).toContain(CLUSTER_ADDRESS);
    expect(await settledOn(lab, "master")).toBe("master");
  });

  afterAll(async () => {
    await closeLab(lab);
  });
});

/** The tag of an address's owner came with Linux 5.18. */
function kernelHasTags(): boolean {
  const [major = 0, minor = 0] = release().split(".").map(Number);
  return major > 5 || (major === 5 && minor >= 18);
}
