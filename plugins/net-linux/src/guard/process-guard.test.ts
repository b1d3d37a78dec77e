// A guard as a process of its own, on a real interface: when it removes addresses, and when it does not. Needs root.
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Logger } from "@systole/sdk";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { LinuxNetwork } from "../linux-network.js";
import { TwoHosts, canMakeHosts, eventually } from "../testing/two-hosts.js";
import { orderLine, type GuardOrder } from "./guard-lines.js";
import { GUARD_LIMITS } from "./limits.js";
import { monotonicMs } from "./monotonic.js";
import { ProcessGuard } from "./process-guard.js";

const PROGRAM = fileURLToPath(new URL("../../dist/guard/guard-program.js", import.meta.url));
const VIP = { address: "10.77.0.100", prefixLength: 24, interface: "eth0" };
const VIP6 = { address: "fd77::100", prefixLength: 64, interface: "eth0" };
const BOTH = [VIP, VIP6];
/** Longer than this process is kept from feeding it by others. */
const AFTER_MS = 1000;
const BEAT_MS = 50;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Entry {
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

function recorder(entries: Entry[]): Logger {
  const write = (event: string, fields: Readonly<Record<string, unknown>> = {}): void =>
    void entries.push({ event, fields });
  const log: Logger = { debug: write, info: write, warn: write, error: write, child: () => log };
  return log;
}

describe.skipIf(!canMakeHosts).each(["native", "programs"] as const)("a guard, %s back end", (backend) => {
  let hosts: TwoHosts;
  let network: LinuxNetwork;
  let guard: ProcessGuard;
  let entries: Entry[];
  let started: ChildProcess[];
  let beating: NodeJS.Timeout | undefined;

  beforeAll(() => {
    hosts = new TwoHosts();
    hosts.build();
  });
  afterAll(() => hosts.remove());
  beforeEach(async () => {
    entries = [];
    started = [];
    network = new LinuxNetwork({ backend: "native" }, recorder([]));
    guard = new ProcessGuard({ backend }, recorder(entries), (args) => {
      const child = spawn(process.execPath, [PROGRAM, ...args], {
        detached: true,
        stdio: ["pipe", "pipe", "ignore"],
      });
      started.push(child);
      return child;
    });
    guard.open(AFTER_MS);
    await eventually("the guard to watch", () => guard.view()?.state === "watching");
    for (const one of BOTH) {
      guard.hold(one);
      await network.addresses.add(one);
    }
    beat();
  });
  afterEach(async () => {
    clearInterval(beating);
    for (const one of BOTH) {
      await network.addresses.remove(one);
      guard.letGo(one.address);
    }
    await guard.close();
    await network.stop();
    const leftBehind = started.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    if (leftBehind.length > 0) throw new Error("a guard has outlived its daemon");
  });

  /** What does not depend on the way to the kernel. */
  const isSecond = backend === "programs";
  const beat = (): void => {
    guard.feed();
    beating = setInterval(() => guard.feed(), BEAT_MS);
  };
  const held = async (): Promise<number> => {
    const all = await network.addresses.list();
    return all.filter(({ address }) => BOTH.some((one) => one.address === address)).length;
  };
  const gone = (): Promise<void> => eventually("the addresses to be gone", async () => (await held()) === 0);
  const events = (name: string): readonly Entry[] => entries.filter(({ event }) => event === name);

  it("leaves addresses alone while the daemon makes progress, and removes them when it does not", async () => {
    await pause(1.5 * AFTER_MS);
    expect(await held()).toBe(2);
    clearInterval(beating);
    const lastMs = performance.now();
    await gone();
    expect(performance.now() - lastMs).toBeGreaterThan(AFTER_MS - 2 * BEAT_MS);
    await eventually("it to say so", () => events("guard.removed").length === 1);
    expect(events("guard.removed")[0]?.fields).toMatchObject({ addresses: `${VIP.address} ${VIP6.address}` });
  });

  it.skipIf(isSecond)("is no hindrance to a daemon that comes back", async () => {
    clearInterval(beating);
    await gone();
    beat();
    for (const one of BOTH) await network.addresses.add(one);
    await pause(1.5 * AFTER_MS);
    expect(await held()).toBe(2);
  });

  it.skipIf(isSecond)("removes nothing when it stood still itself", async () => {
    const { pid = 0 } = started[0] ?? {};
    process.kill(pid, "SIGSTOP");
    await pause(1.5 * AFTER_MS);
    process.kill(pid, "SIGCONT");
    await pause(AFTER_MS / 2);
    expect(await held()).toBe(2);
    expect(events("guard.removed")).toEqual([]);
  });

  it("does not end because the daemon's service is told to, and knows its way out when the daemon has ended", async () => {
    const [child] = started;
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) child?.kill(signal);
    await pause(2 * BEAT_MS);
    expect(guard.view()).toMatchObject({ state: "watching", restarts: 0 });
    clearInterval(beating);
    const endedMs = performance.now();
    child?.stdin?.destroy();
    await gone();
    expect(performance.now() - endedMs).toBeLessThan(AFTER_MS);
    await eventually("the guard to end", () => child?.exitCode === 0);
  });

  it.skipIf(isSecond)("is started again when it is killed, and told everything again", async () => {
    started[0]?.kill("SIGKILL");
    await eventually("another one", () => started.length === 2 && guard.view()?.state === "watching");
    expect(events("guard.ended")[0]?.fields).toMatchObject({
      signal: "SIGKILL",
      againAfterMs: GUARD_LIMITS.restartMs,
    });
    expect(guard.view()).toMatchObject({ restarts: 1 });
    expect(await held()).toBe(2);
    clearInterval(beating);
    await gone();
  });

  it.skipIf(isSecond)("is ended and started again when it answers no more", async () => {
    const { pid = 0 } = started[0] ?? {};
    process.kill(pid, "SIGSTOP");
    // Otherwise this takes GUARD_LIMITS.unansweredMs.
    const line: GuardOrder = { kind: "beat", atMs: monotonicMs() };
    for (let count = 0; count < 20_000; count += 1) started[0]?.stdin?.write(orderLine(line));
    await eventually("another one", () => started.length === 2 && guard.view()?.state === "watching");
    expect(events("guard.stands-still")).not.toEqual([]);
    expect(await held()).toBe(2);
  });

  it.skipIf(isSecond)("removes what is held still when the daemon closes it", async () => {
    clearInterval(beating);
    await guard.close();
    expect(await held()).toBe(0);
    expect(guard.view()).toBeUndefined();
  });
});

describe.skipIf(!canMakeHosts)("the process of a guard", () => {
  it("is in a session of its own, urgent, without what is meant for the daemon, and ends with its work", async () => {
    process.env["SYSTOLE_TEST_SECRET"] = "of the daemon";
    const guard = new ProcessGuard({ backend: "auto" }, recorder([]));
    guard.open(AFTER_MS);
    await eventually("the guard to watch", () => guard.view()?.state === "watching");
    const { pid = 0 } = guard.view() ?? {};
    delete process.env["SYSTOLE_TEST_SECRET"];
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    // Fields 5 and 6 of proc(5): a signal to the daemon's process group or terminal does not reach it.
    expect([Number(stat[2]), Number(stat[3])]).toEqual([pid, pid]);
    const environment = readFileSync(`/proc/${pid}/environ`, "utf8")
      .split("\0")
      .filter((one) => one !== "");
    expect(environment.map((one) => one.split("=")[0])).toEqual(["PATH"]);
    // Fields 40 and 41: real-time, or more urgent than every ordinary process.
    const isRealTime = stat[38] === "2" && Number(stat[37]) > 0;
    expect(isRealTime || Number(stat[16]) < 0).toBe(true);
    await guard.close();
    await eventually("its end", () => !isAlive(pid));
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
