// Which state do the words and the exit codes of a script mean?
import { describe, expect, test } from "vitest";
import { heartbeatConvention, lsbConvention } from "./status-rule.js";

describe("what both conventions read in the output, whatever the exit code", () => {
  test.each([
    ["running", "running"],
    ["nginx is running as pid 42", "running"],
    ["Running", "running"],
    ["drbd OK", "running"],
    ["not running", "stopped"],
    ["sshd is NOt Running", "stopped"],
    ["Not running; was running an hour ago, OK", "stopped"],
  ] as const)("%j means %s", (output, state) => {
    for (const exitCode of [0, 1, 3, null]) {
      expect(heartbeatConvention(output, exitCode)).toBe(state);
      expect(lsbConvention(output, exitCode)).toBe(state);
    }
  });
});

describe("output that says neither", () => {
  test.each(["", "RUNNING", "NOT RUNNING", "ok", "active", "usage: foo {start|stop}"])("%j", (output) => {
    expect(heartbeatConvention(output, 0)).toBe("stopped");
    expect([0, 1, 2, 3, 4, 150, null].map((exitCode) => lsbConvention(output, exitCode))).toEqual([
      "running",
      "failed",
      "failed",
      "stopped",
      "stopped",
      "stopped",
      "stopped",
    ]);
  });
});
