import { describe, expect, it } from "vitest";
import { formatMs, parseTime } from "./time-value.js";

describe("parseTime", () => {
  it.each([
    ["2", 2000],
    ["0.5", 500],
    [".25", 250],
    ["2.", 2000],
    ["250ms", 250],
    ["250msec", 250],
    ["1500us", 2],
    ["1400usec", 1],
    ["10us", 0],
    ["604800", 604_800_000],
  ])("reads %s", (text, ms) => {
    expect(parseTime(text)).toEqual({ ok: true, ms });
  });

  it.each([
    ["1s", "write `1` or `1000ms`"],
    ["1.5sec", "write `1.5` or `1500ms`"],
    ["2min", "no unit `min`"],
    ["1constructor", "no unit `constructor`"],
    ["", "write seconds"],
    ["-1", "write seconds"],
    ["1e3x", "write seconds"],
    ["2 ms", "write seconds"],
    ["604801", "longer than a week"],
    ["9".repeat(400), "write seconds"],
  ])("refuses %s", (text, hint) => {
    const parsed = parseTime(text);
    expect(parsed.ok ? "" : parsed.hint).toContain(hint);
  });

  it("writes times for people", () => {
    expect([250, 2000, 1500, 1234].map(formatMs)).toEqual(["250 ms", "2 s", "1.5 s", "1234 ms"]);
  });
});
