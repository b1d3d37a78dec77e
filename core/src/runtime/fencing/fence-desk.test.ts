import { describe, expect, it } from "vitest";
import { JumpingClock } from "../testkit/jumping-clock.js";
import { Switch } from "../testkit/fenced.js";
import { ConfirmationDesk } from "./confirmation-desk.js";
import { fenceDesk } from "./fence-desk.js";
import { FenceHistory } from "./fence-history.js";
import { FENCING_LIMITS, fencingBy } from "./fencing-config.js";

const RULES = {
  delayMs: { two: 3000 },
  priorityDelayMs: 0,
  retryMs: 5000,
  longestRetryMs: 60_000,
  attempts: 0,
};

/** The desk of a node whose only peer is `two`, with levels rack, then left and right. */
function open(spoilt: Readonly<Record<string, ConstructorParameters<typeof Switch>[0]>> = {}) {
  const clock = new JumpingClock();
  const devices = ["rack", "left", "right"].map((name) => ({ name, device: new Switch(spoilt[name]) }));
  const levels = [["rack"], ["left", "right"]];
  const desk = fenceDesk({
    clock,
    nodes: () => ["two"],
    config: { ...fencingBy([], RULES), nodes: { two: levels } },
    devices,
    history: new FenceHistory(undefined, "one", () => undefined),
    confirmations: new ConfirmationDesk(),
  });
  return { clock, desk, devices, levels };
}

describe("what an operator may ask", () => {
  it("tells how each node would be fenced", () => {
    const { desk, levels } = open();
    expect(desk.nodes()).toEqual([{ node: "two", levels, delayMs: 3000 }]);
  });

  it("tests the devices of a node without switching anything", async () => {
    const { desk, devices } = open();
    expect(await desk.test("two")).toEqual({
      node: "two",
      ok: true,
      devices: [
        { device: "rack", level: 1, lists: true, status: "on" },
        { device: "left", level: 2, lists: true, status: "on" },
        { device: "right", level: 2, lists: true, status: "on" },
      ],
    });
    expect(devices.map(({ device }) => device.power)).toEqual(["on", "on", "on"]);
  });

  it("finds a node that no level could fence: each has one device that does not know it, or does not answer", async () => {
    const { desk } = open({
      rack: { list: async () => ["three"] },
      right: { status: () => Promise.reject(new Error("no route")) },
    });
    const { ok, devices } = await desk.test("two");
    expect(ok).toBe(false);
    expect(devices.map(({ device, problem }) => [device, problem])).toEqual([
      ["rack", "it does not list two; it lists three"],
      ["left", undefined],
      ["right", "no route"],
    ]);
  });

  it("does not ask a device for its list each time that somebody looks", async () => {
    let asked = 0;
    const list = async () => [`two, as asked ${String((asked += 1))} times`];
    const { clock, desk } = open({ rack: { list } });
    await Promise.all([desk.devices(), desk.devices()]);
    expect(asked).toBe(1);
    await clock.until(
      new Promise<void>((resolve) => void clock.wakeAt(FENCING_LIMITS.listSharedMs, resolve)),
    );
    await desk.devices();
    expect(asked).toBe(2);
  });
});
