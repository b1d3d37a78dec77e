import { describe, expect, it } from "vitest";
import { Problems } from "../problem.js";
import { parseHaCf } from "./parse.js";
import { membershipTimings } from "./timings.js";

function timingsOf(text: string) {
  const problems = new Problems("ha.cf");
  const timings = membershipTimings(parseHaCf(text, "ha.cf").value, problems);
  return { timings, codes: problems.found.map(({ line, severity, code }) => `${line} ${severity} ${code}`) };
}

describe("membershipTimings", () => {
  it("has heartbeat's defaults", () => {
    expect(timingsOf("").timings).toEqual({
      keepaliveMs: 1000,
      warnMs: 15_000,
      deadMs: 30_000,
      initialDeadMs: 30_000,
      pingDeadMs: 30_000,
      maxRetransmitDelayMs: 250,
    });
  });

  it.each([
    ["20", 20_000],
    ["10", 20_000],
    ["6", 12_000],
    ["5", 12_000],
    ["5.999", 12_000],
    ["8", 16_000],
  ])("derives initdead from deadtime %s", (deadtime, initialDeadMs) => {
    expect(timingsOf(`deadtime ${deadtime}`).timings.initialDeadMs).toBe(initialDeadMs);
  });

  it("derives warntime and deadping from deadtime", () => {
    expect(timingsOf("deadtime 7").timings).toMatchObject({ warnMs: 3500, pingDeadMs: 7000 });
  });

  it.each([
    ["keepalive 2\ndeadtime 4", "2 error deadtime.too-short"],
    ["keepalive 15", "1 error deadtime.too-short"],
    ["deadping 2", "1 error deadping.too-short"],
    ["deadtime 20\ninitdead 19", "2 error initdead.too-short"],
    ["deadtime 5\ninitdead 9", "2 warning initdead.short"],
    ["deadtime 5\nwarntime 5", "2 warning warntime.too-long"],
  ])("reports %s", (text, problem) => {
    expect(timingsOf(text).codes).toEqual([problem]);
  });

  it.each(["keepalive 1\ndeadtime 2001ms", "deadtime 20\ninitdead 20", "deadtime 5\nwarntime 4999ms"])(
    "accepts %s",
    (text) => {
      expect(timingsOf(text).codes).toEqual([]);
    },
  );
});
