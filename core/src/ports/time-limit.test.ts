// A time limit holds whatever the garbage collector does.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { timeLimit } from "./time-limit.js";

const collect = (): void => {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
};
const aborted = (signal: AbortSignal): Promise<string> =>
  new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve((signal.reason as Error).name), { once: true });
  });

it("aborts although nobody but its waiter has kept it, and the garbage was collected", async () => {
  const [alone, part] = [aborted(timeLimit(100)), aborted(timeLimit(100, new AbortController().signal))];
  const whole = aborted(AbortSignal.any([new AbortController().signal, timeLimit(100)]));
  for (let times = 0; times < 5; times += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    collect();
  }
  expect(await Promise.all([alone, part, whole])).toEqual(["TimeoutError", "TimeoutError", "TimeoutError"]);
});

it("aborts with the outer signal, and with its reason", () => {
  const outer = new AbortController();
  const signal = timeLimit(60_000, outer.signal);
  outer.abort(new RangeError("enough"));
  expect(signal.reason).toBeInstanceOf(RangeError);
  expect(timeLimit(60_000, AbortSignal.abort()).aborted).toBe(true);
});
