// A plain file stands in for the device: it shows what the kernel would have been told.
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Cluster, ClusterModel } from "@systole/core";
import { NodeClock } from "@systole/core/node";
import type { OperatorRequest } from "@systole/core/ports";
import { recordingLogger } from "../testkit/fake-cluster.js";
import { Companions } from "./companions.js";
import { Watchdog } from "./watchdog.js";

let directory: string;
let device: string;
let log: ReturnType<typeof recordingLogger>;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "systole-watchdog-"));
  device = join(directory, "watchdog");
  writeFileSync(device, "");
  log = recordingLogger();
});

afterEach(() => rmSync(directory, { recursive: true }));

const told = () => readFileSync(device, "latin1");
/** A driver may take any close for an orderly one, and disarm. */
const isOpen = (): boolean =>
  readdirSync("/proc/self/fd").some((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`) === device;
    } catch {
      return false; // The one that the directory itself was read through.
    }
  });
const names = () => log.events.map(({ level, event }) => `${level} ${event}`);

describe("Watchdog", () => {
  it("sets the timeout, feeds, and tells of an orderly end", () => {
    const asked: unknown[] = [];
    const setTimeout = (use: unknown) => (asked.push(use), undefined);
    const watchdog = Watchdog.open({ device, timeoutSeconds: 31 }, log, setTimeout);
    watchdog.feed();
    watchdog.feed();
    watchdog.close(true);
    watchdog.feed();
    expect(told()).toBe("\0\0V");
    expect(asked).toEqual([{ device, timeoutSeconds: 31 }]);
    expect(names()).toEqual(["info watchdog.opened"]);
  });

  it("stays armed after any other end", () => {
    const watchdog = Watchdog.open({ device, timeoutSeconds: 31 }, log, () => undefined);
    watchdog.feed();
    watchdog.close(false);
    expect(told()).toBe("\0");
    expect(names()).toContain("error watchdog.left-armed");
  });

  it("says that the device's own timeout counts where it cannot be set", () => {
    Watchdog.open({ device, timeoutSeconds: 31 }, log).close(true);
    expect(names()).toEqual(["warn watchdog.own-timeout"]);
  });

  it("is fed no more once it is starved, and never told of an orderly end", () => {
    const watchdog = Watchdog.open({ device, timeoutSeconds: 31 }, log, () => undefined);
    watchdog.feed();
    expect(watchdog.stopFeeding("reset of this node")).toBe(31_000);
    expect(watchdog.stopFeeding("again")).toBe(31_000);
    watchdog.feed();
    watchdog.close(true);
    expect(told()).toBe("\0");
    expect(isOpen()).toBe(true);
    expect(names()).toEqual(["info watchdog.opened", "error watchdog.starved"]);
  });

  it("lets the node run without a device, with an error", () => {
    const missing = join(directory, "missing");
    const watchdog = Watchdog.open({ device: missing, timeoutSeconds: 31 }, log);
    watchdog.feed();
    expect(watchdog.stopFeeding("reset of this node")).toBeUndefined();
    watchdog.close(true);
    expect(names()).toEqual(["error watchdog.missing"]);
  });
});

describe("Companions", () => {
  const model = (clients: ClusterModel["clients"] = []): ClusterModel => {
    const timings = { keepaliveMs: 100 } as ClusterModel["timings"];
    const parts: Partial<ClusterModel> = { watchdog: { device, timeoutSeconds: 3 }, clients, timings };
    return parts as ClusterModel;
  };

  it("feed the watchdog with the pulse of the engine", async () => {
    const companions = new Companions(model(), new NodeClock(), log);
    companions.observer.pulsed?.();
    companions.observer.pulsed?.();
    const end = await companions.end({ kind: "left", reason: "everything was given up" });
    expect(told()).toBe("\0\0V");
    expect(end.failed).toBe(false);
  });

  it("hand it to the cluster, which may let it reset the machine", async () => {
    const companions = new Companions(model(), new NodeClock(), log);
    companions.observer.pulsed?.();
    expect(companions.selfReset.stopFeeding("reset of this node")).toBe(3000);
    companions.observer.pulsed?.();
    await companions.end({ kind: "left", reason: "everything was given up" });
    expect(told()).toBe("\0");
  });

  it("leave it armed when something could not be stopped", async () => {
    const companions = new Companions(model(), new NodeClock(), log);
    await companions.end({ kind: "stuck", reason: "a resource could not be stopped" });
    expect(told()).toBe("");
  });

  it("make the node give up and fail when a failfast program dies", async () => {
    const client = {
      kind: "failfast",
      user: String(process.getuid?.()),
      program: "/bin/false",
      command: "/bin/false",
    } as const;
    const companions = new Companions(model([client]), new NodeClock(), log);
    const requests: OperatorRequest[] = [];
    const asked = new Promise<void>((resolve) => {
      const request = (one: OperatorRequest) => {
        requests.push(one);
        resolve();
        return Promise.resolve({ ok: true, reason: "done" });
      };
      const cluster: Partial<Cluster> = { request };
      companions.attach(cluster as Cluster);
    });
    companions.observer.active?.();
    await asked;
    const end = await companions.end({ kind: "left", reason: "everything was given up" });
    expect(requests).toEqual([{ kind: "stop" }]);
    expect(end).toMatchObject({ failed: true, reason: expect.stringContaining("/bin/false exited with 1") });
    expect(told()).toBe("");
  });
});
