import { beforeEach, describe, expect, it } from "vitest";
import type { CarrierView } from "../../ports/index.js";
import { SelfCondition } from "./condition.js";

const carrier = (state: CarrierView["state"], name = "eth0"): CarrierView => ({ interface: name, state });
let self: SelfCondition;

/** A step in time, which gives a sign of life. */
function step(nowMs: number): void {
  self.begin(nowMs);
  self.said(nowMs);
  self.end(nowMs + 100, nowMs);
}

beforeEach(() => {
  self = new SelfCondition({ keepaliveMs: 100, deadMs: 1000 });
  step(0);
});

describe("own lateness", () => {
  it("is none in the first step, nor within a keepalive", () => {
    expect(new SelfCondition({ keepaliveMs: 100, deadMs: 1000 }).begin(5000)).toBeUndefined();
    expect(self.begin(200)).toBeUndefined();
  });

  it("is told with the age of the last sign of life, and shown", () => {
    expect(self.begin(900)).toEqual({ awayMs: 900, cutOff: false });
    expect(self.view(900)).toMatchObject({ lateMs: 800, lateTimes: 1 });
    expect(self.view(900 + 300_001)).toMatchObject({ lateMs: 0, lateTimes: 1 });
  });

  it("a deadline that has passed already makes nobody late", () => {
    self.end(-5000, 50);
    expect(self.begin(60)).toBeUndefined();
  });
});

describe("what the host observes", () => {
  it("a machine that was suspended was away, although no timer was late", () => {
    self.observe({ carriers: [], suspendedMs: 70_000 }, 50);
    const { judgement, events } = self.observe({ carriers: [], suspendedMs: 75_000 }, 100);
    expect(judgement).toEqual({ awayMs: 5100, cutOff: false });
    expect(events).toMatchObject([{ name: "self.suspended", fields: { suspendedMs: 5000 } }]);
    expect(self.view(100)).toMatchObject({ suspendedMs: 5000 });
  });

  it.each<readonly [string, readonly CarrierView[], boolean]>([
    ["the only carrier is lost", [carrier("lost")], true],
    ["every carrier is lost", [carrier("lost"), carrier("lost", "eth1")], true],
    ["one carrier is left", [carrier("lost"), carrier("up", "eth1")], false],
    ["one cannot be known", [carrier("lost"), carrier("unknown", "/dev/ttyS0")], false],
    ["nothing is known", [], false],
  ])("%s: cut off is %s", (_name, carriers, cutOff) => {
    const { judgement, events } = self.observe({ carriers }, 50);
    expect(judgement).toEqual(cutOff ? { awayMs: 0, cutOff } : undefined);
    expect(events.map(({ name }) => name)).toEqual(cutOff ? ["self.cut-off"] : []);
    expect(self.observe({ carriers }, 60).events).toEqual([]);
  });

  it("says once that it is strained, and once that it is not any more", () => {
    const names = [0.1, 0.7, 0.5, 0.9, 0.2, 0.4].flatMap((cpuPressure) =>
      self
        .observe({ carriers: [], cpuPressure }, 50)
        .events.map(({ name, fields }) => [name, fields["begins"]]),
    );
    expect(names).toEqual([
      ["self.pressure", true],
      ["self.pressure", false],
    ]);
  });

  it("knows which share of its CPUs others were given", () => {
    self.observe({ carriers: [], stolenMs: 1000, cpus: 2 }, 1000);
    const { events } = self.observe({ carriers: [], stolenMs: 1600, cpus: 2 }, 2000);
    expect(self.view(2000).stealShare).toBeCloseTo(0.3);
    expect(events).toMatchObject([{ name: "self.steal", level: "warn" }]);
  });
});
