import { expect, it } from "vitest";
import { waysTo } from "./ways.js";

const kernel = (letter: string, path = "/proc/sysrq-trigger") => ({ kind: "sysrq", path, letter });

it("the kernel resets at once; a power-off that does nothing becomes a reset", () => {
  expect(waysTo("reset", {})).toEqual([kernel("b")]);
  expect(waysTo("off", {})).toEqual([kernel("o"), kernel("b")]);
});

it("a command is tried first, and the kernel after it only where that is said", () => {
  const command = ["/sbin/reboot", "-ff"];
  const reboot = { kind: "command", command: "/sbin/reboot", args: ["-ff"] };
  expect(waysTo("reset", { command })).toEqual([reboot]);
  expect(waysTo("reset", { command, sysrq: "/x" })).toEqual([reboot, kernel("b", "/x")]);
});
