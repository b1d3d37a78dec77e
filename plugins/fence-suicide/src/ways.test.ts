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

it("the watchdog is what remains when nothing else has ended this node, and may be all there is", () => {
  const watchdog = { kind: "watchdog" };
  expect(waysTo("reset", { watchdog: true })).toEqual([watchdog]);
  expect(waysTo("off", { watchdog: true, sysrq: "/x" })).toEqual([
    kernel("o", "/x"),
    kernel("b", "/x"),
    watchdog,
  ]);
});
