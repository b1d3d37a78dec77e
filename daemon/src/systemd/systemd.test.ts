import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RecordingLogger } from "@systole/sdk/testkit";
import { NotifyReceiver } from "../testkit/notify-receiver.js";
import { Systemd } from "./systemd.js";

let directory: string;
let path: string;
let receiver: NotifyReceiver;
let log: RecordingLogger;
let opened: Systemd[];

function find(environment: Record<string, string | undefined>): Systemd | undefined {
  const manager = Systemd.find(environment, log);
  if (manager !== undefined) opened.push(manager);
  return manager;
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "systole-notify-"));
  path = join(directory, "notify");
  receiver = new NotifyReceiver(path);
  log = new RecordingLogger();
  opened = [];
});

afterEach(() => {
  for (const manager of opened) manager.close();
  receiver.close();
  rmSync(directory, { recursive: true });
});

describe("what systemd is told", () => {
  it("is nothing where it did not start this process", () => {
    expect(find({})).toBeUndefined();
  });

  it("is taken out of the environment: programs that are started from here are not asked", () => {
    const environment = { NOTIFY_SOCKET: path, WATCHDOG_USEC: "2000000", PATH: "/bin" };
    expect(find(environment)?.watchdogMs).toBe(2000);
    expect(environment).toEqual({ PATH: "/bin" });
  });

  it("is watched only where the watchdog is meant for this process", () => {
    expect(find({ NOTIFY_SOCKET: path, WATCHDOG_USEC: "5", WATCHDOG_PID: "1" })?.watchdogMs).toBeUndefined();
    const pid = String(process.pid);
    expect(find({ NOTIFY_SOCKET: path, WATCHDOG_USEC: "5000", WATCHDOG_PID: pid })?.watchdogMs).toBe(5);
  });

  it("goes through a life in its words", () => {
    const manager = find({ NOTIFY_SOCKET: path });
    manager?.ready();
    manager?.reloading();
    manager?.ready();
    manager?.stopping();
    manager?.stopping();
    const heard = receiver.heard();
    expect(heard.map((text) => text.replace(/=\d{3,}/, "=…"))).toEqual([
      "READY=1",
      "RELOADING=1\nMONOTONIC_USEC=…",
      "READY=1",
      "STOPPING=1",
    ]);
  });

  it("also by a name in the abstract namespace", () => {
    const name = `@systole-test-${process.pid}`;
    const abstract = new NotifyReceiver(name);
    find({ NOTIFY_SOCKET: name })?.ready();
    expect(abstract.heard()).toEqual(["READY=1"]);
    abstract.close();
  });

  it("does not matter when nobody listens, and is logged once", () => {
    const manager = find({ NOTIFY_SOCKET: join(directory, "nobody") });
    manager?.ready();
    manager?.stopping();
    expect(log.entries.filter(({ event }) => event === "systemd.unreachable")).toHaveLength(1);
  });
});

describe("a pulse of the engine", () => {
  const pulses = (manager: Systemd | undefined, momentsMs: readonly number[]): readonly string[] => {
    for (const nowMs of momentsMs) manager?.pulsed(nowMs, 100, () => "serves nothing");
    return receiver.heard();
  };

  it("feeds the watchdog at half of its time at the latest, and nothing else does", async () => {
    const manager = find({ NOTIFY_SOCKET: path, WATCHDOG_USEC: "1000000" });
    const everyTenthMs = Array.from({ length: 21 }, (_, index) => index * 100);
    const fed = pulses(manager, everyTenthMs).filter((text) => text === "WATCHDOG=1");
    expect(fed).toHaveLength(6); // At 0, 400, 800 ...
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(receiver.heard().filter((text) => text === "WATCHDOG=1")).toHaveLength(6);
  });

  it("feeds none where systemd does not watch", () => {
    expect(pulses(find({ NOTIFY_SOCKET: path }), [0, 1000])).toEqual(["STATUS=serves nothing"]);
  });

  it("tells a new state once, in one line, and not more than once a second", () => {
    const manager = find({ NOTIFY_SOCKET: path });
    let state = "serves\nnothing";
    for (let nowMs = 0; nowMs < 3000; nowMs += 100) {
      if (nowMs === 1300) state = "serves 10.0.0.1";
      manager?.pulsed(nowMs, 100, () => state);
    }
    expect(receiver.heard()).toEqual(["STATUS=serves nothing", "STATUS=serves 10.0.0.1"]);
  });
});
