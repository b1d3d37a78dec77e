// The figure that everything is judged by, on hand-made records: it must not flatter and not slander.
import { describe, expect, it } from "vitest";
import { longestGapMs, type Attempt } from "./answers.js";

const good = (sentMs: number, tookMs = 1): Attempt => ({
  sentMs,
  doneMs: sentMs + tookMs,
  answeredBy: "master",
});
const bad = (sentMs: number): Attempt => ({ sentMs, doneMs: sentMs + 200, failure: "timeout" });
const range = (fromMs: number, toMs: number, make: (sentMs: number) => Attempt): Attempt[] =>
  Array.from({ length: (toMs - fromMs) / 5 }, (_, index) => make(fromMs + index * 5));

describe("the longest gap", () => {
  it("is 0 when no attempt failed, however late an answer came", () => {
    expect(longestGapMs([...range(0, 100, good), good(100, 80)], 0, 200, 5)).toBe(0);
  });

  it("runs from the last good answer to the next, less the interval", () => {
    const attempts = [...range(0, 50, good), ...range(50, 150, bad), ...range(150, 300, good)];
    expect(longestGapMs(attempts, 0, 300, 5)).toBe(100);
  });

  it("is the longest of several", () => {
    const attempts = [
      ...range(0, 50, good),
      bad(50),
      ...range(55, 100, good),
      ...range(100, 130, bad),
      ...range(130, 200, good),
    ];
    expect(longestGapMs(attempts, 0, 200, 5)).toBe(30);
  });

  it("counts from the beginning when nobody had answered, and to the end when nobody does any more", () => {
    expect(longestGapMs([...range(0, 500, bad), good(500)], 0, 501, 5)).toBe(496);
    expect(longestGapMs([...range(0, 50, good), ...range(50, 500, bad)], 0, 500, 5)).toBe(449);
  });

  it("knows the good answer from before the act", () => {
    expect(longestGapMs([good(95), ...range(100, 150, bad), good(150)], 100, 200, 5)).toBe(50);
  });

  it("does not blame an act for a request that failed before it", () => {
    expect(longestGapMs([bad(80), good(95), ...range(100, 150, good)], 100, 150, 5)).toBe(0);
  });
});
