import { describe, expect, it } from "vitest";
import { isFatal, judgeExit, MAX_SHORT_RUNS } from "./restart-rule.js";

const exited = (code: number) => ({ code, signal: null });

describe("judgeExit", () => {
  it("starts again at once what ran for long, and forgets its short runs", () => {
    expect(judgeExit(exited(1), 30_000, 9)).toEqual({ kind: "restart", pauseMs: 0, shortRuns: 0 });
  });

  it("pauses after a short run", () => {
    expect(judgeExit(exited(0), 29_999, 0)).toEqual({ kind: "restart", pauseMs: 1000, shortRuns: 1 });
  });

  it("gives up after more than ten short runs in a row", () => {
    expect(judgeExit(exited(0), 5, MAX_SHORT_RUNS - 1).kind).toBe("restart");
    expect(judgeExit(exited(0), 5, MAX_SHORT_RUNS)).toEqual({ kind: "too-fast", shortRuns: 11 });
  });

  it("leaves down what exits with 100", () => {
    expect(judgeExit(exited(100), 5, 0)).toEqual({ kind: "done" });
  });
});

it.each([
  [{ code: 0, signal: null }, false],
  [{ code: 100, signal: null }, false],
  [{ code: 1, signal: null }, true],
  [{ code: null, signal: "SIGKILL" }, true],
])("a failfast program that ends with %j is fatal: %j", (exit, fatal) => {
  expect(isFatal(exit)).toBe(fatal);
});
