// Does the clock wake once, never early, at any distance?
import { afterEach, describe, expect, test, vi } from "vitest";
import { NodeClock } from "./node-clock.js";

const wokenAt = (clock: NodeClock, atMs: number): Promise<number> =>
  new Promise((resolve) => clock.wakeAt(atMs, () => resolve(clock.nowMs())));

describe("NodeClock with real time", () => {
  test("is monotonic and finer than a millisecond", () => {
    const clock = new NodeClock();
    const samples = Array.from({ length: 1000 }, () => clock.nowMs());
    expect(samples).toEqual(samples.toSorted((a, b) => a - b));
    expect(samples.some((ms) => ms % 1 !== 0)).toBe(true);
    expect(Math.abs(clock.wallMs() - Date.now())).toBeLessThan(1000);
  });

  test("never wakes early", async () => {
    const clock = new NodeClock();
    const startedAt = clock.nowMs();
    const deadlines = Array.from({ length: 200 }, (_, index) => startedAt + index * 0.37);
    const wakes = await Promise.all(deadlines.map((atMs) => wokenAt(clock, atMs)));
    expect(wakes.filter((ms, index) => ms < (deadlines[index] ?? Infinity))).toEqual([]);
  });

  test("a time that has passed wakes soon, but not within the call", async () => {
    const clock = new NodeClock();
    let woke = false;
    const done = new Promise<void>((resolve) =>
      clock.wakeAt(-5, () => {
        woke = true;
        resolve();
      }),
    );
    expect(woke).toBe(false);
    await done;
  });
});

describe("NodeClock with simulated time", () => {
  afterEach(() => vi.useRealTimers());

  const DAY_MS = 86_400_000;

  test("holds delays beyond 2^31 ms", () => {
    vi.useFakeTimers();
    const clock = new NodeClock();
    const wake = vi.fn<() => void>();
    clock.wakeAt(clock.nowMs() + 60 * DAY_MS, wake);
    vi.advanceTimersByTime(60 * DAY_MS - 1);
    expect(wake).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2);
    expect(wake).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("a cancelled wake never comes, also after it was armed again, and cancelling twice is harmless", () => {
    vi.useFakeTimers();
    const clock = new NodeClock();
    const wake = vi.fn<() => void>();
    const cancel = clock.wakeAt(clock.nowMs() + 60 * DAY_MS, wake);
    vi.advanceTimersByTime(30 * DAY_MS);
    cancel();
    cancel();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(60 * DAY_MS);
    expect(wake).not.toHaveBeenCalled();
  });

  test("Infinity never wakes, NaN is refused", () => {
    vi.useFakeTimers();
    const clock = new NodeClock();
    const wake = vi.fn<() => void>();
    const cancel = clock.wakeAt(Infinity, wake);
    vi.advanceTimersByTime(200 * DAY_MS);
    expect(wake).not.toHaveBeenCalled();
    cancel();
    expect(vi.getTimerCount()).toBe(0);
    expect(() => clock.wakeAt(Number.NaN, wake)).toThrow(RangeError);
  });
});
