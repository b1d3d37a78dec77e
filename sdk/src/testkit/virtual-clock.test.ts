import { expect, it } from "vitest";
import { VirtualClock } from "./virtual-clock.js";

it("rings alarms at their own moments, in order, also those set on the way", () => {
  const clock = new VirtualClock();
  const rung: string[] = [];
  const ring = (name: string) => () => void rung.push(`${name}@${clock.nowMs()}`);
  clock.wakeAt(20, ring("late"));
  clock.wakeAt(10, () => {
    ring("early")();
    clock.wakeAt(15, ring("nested"));
    clock.wakeAt(5, ring("overdue"));
  });
  clock.wakeAt(20, ring("later"));
  clock.wakeAt(12, ring("never"))();
  clock.wakeAt(30, ring("beyond"));
  clock.advance(25);
  expect(rung).toEqual(["early@10", "overdue@10", "nested@15", "late@20", "later@20"]);
  expect([clock.nowMs(), clock.pending, clock.nextAlarmMs]).toEqual([25, 1, 30]);
});

it("lets promises settle between alarms", async () => {
  const clock = new VirtualClock();
  const slept: number[] = [];
  const sleep = (ms: number) => new Promise<void>((wake) => void clock.wakeAt(clock.nowMs() + ms, wake));
  const work = async () => {
    for (const ms of [10, 10, 10]) {
      await sleep(ms);
      slept.push(clock.nowMs());
    }
  };
  void work();
  await clock.advanceAsync(25);
  expect(slept).toEqual([10, 20]);
});

it("steps the wall clock without touching monotonic time", () => {
  const clock = new VirtualClock({ nowMs: 5, epochMs: 1000 });
  clock.stepWall(-3_600_000);
  clock.advance(1);
  expect([clock.nowMs(), clock.wallMs()]).toEqual([6, 1006 - 3_600_000]);
});
