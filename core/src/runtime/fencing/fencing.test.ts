import { describe, expect, it } from "vitest";
import type { FenceDevice } from "../../ports/index.js";
import { fence, Switch } from "../testkit/fenced.js";
import { FENCING_LIMITS } from "./fencing-config.js";

const REFUSED = { ok: false, kind: "error", reason: "wrong password" } as const;
const never = () => new Promise<never>(() => undefined);
const blind = async () => "unknown" as const;
const saysYes = async () => ({ ok: true }) as const;

describe("a reset", () => {
  it("is off, seen to be off, and on, where the device can tell the state of the node", async () => {
    const { result, how, asked, record } = await fence({ rack: {} });
    expect(result).toEqual({ ok: true });
    expect(asked).toEqual(["rack off", "rack on"]);
    expect(how).toBe("off by rack, whose status says so");
    expect(record).toMatchObject({ node: "two", by: "one", ok: true, why: "it fell silent", how });
  });

  it("is believed, and that is said, where it cannot", async () => {
    const { result, how, asked, events } = await fence({ rack: { status: blind } });
    expect(result).toEqual({ ok: true });
    expect(asked).toEqual(["rack reset"]);
    expect(how).toBe("reset by rack, unverified");
    expect(events.map(({ name }) => name)).toEqual(["fence.not-verified"]);
  });

  it("is believed of a device that has no off", async () => {
    const execute: FenceDevice["execute"] = async (action) => (action === "off" ? REFUSED : { ok: true });
    const { how, asked } = await fence({ rack: { execute } });
    expect(asked).toEqual(["rack off", "rack reset"]);
    expect(how).toBe("reset by rack, unverified");
  });

  it("has ended the node also when it cannot be switched on again, and that is told", async () => {
    const machine = new Switch();
    const execute: FenceDevice["execute"] = (action, node, signal) =>
      action === "on" ? Promise.resolve(REFUSED) : machine.execute(action, node, signal);
    const { result, how, events } = await fence({ rack: { execute, status: async () => machine.power } });
    expect(result).toEqual({ ok: true });
    expect(how).toContain("rack could not switch it on again");
    expect(events.at(-1)).toMatchObject({ name: "fence.device-failed", fields: { action: "on" } });
  });
});

describe("a device that says yes without doing it", () => {
  it("is caught by its own status, and its reset is not believed either", async () => {
    const { result, asked, elapsedMs, events } = await fence({
      liar: { execute: saysYes, status: async () => "on" },
    });
    expect(result).toMatchObject({
      ok: false,
      kind: "error",
      reason: expect.stringContaining("liar: it said that two is off, and its status is still on"),
    });
    expect(asked).toEqual(["liar off"]);
    expect(elapsedMs).toBeGreaterThanOrEqual(FENCING_LIMITS.verifyMs);
    expect(elapsedMs).toBeLessThan(FENCING_LIMITS.verifyMs + 2 * FENCING_LIMITS.verifyEveryMs);
    expect(events).toMatchObject([{ name: "fence.device-failed", level: "warn" }]);
  });

  it("is not caught when the node takes a moment to go off", async () => {
    let looks = 0;
    const status = async () => ((looks += 1) > 5 ? ("off" as const) : ("on" as const));
    const { result, elapsedMs } = await fence(
      { slow: { execute: saysYes, status } },
      { config: { action: "off" } },
    );
    expect(result).toEqual({ ok: true });
    expect(elapsedMs).toBeGreaterThan(0);
  });

  it("and does not tell its status any more has not fenced", async () => {
    let looks = 0;
    const status = async () => ((looks += 1) > 1 ? ("unknown" as const) : ("on" as const));
    const { result } = await fence({ mute: { execute: saysYes, status } });
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining("still unknown") });
  });

  it("gives way to the next level", async () => {
    const { result, how } = await fence({ liar: { execute: saysYes, status: async () => "on" }, spare: {} });
    expect(result).toEqual({ ok: true });
    expect(how).toBe("off by spare, whose status says so");
  });
});

describe("levels", () => {
  const both = { config: { nodes: { two: [["ipmi"], ["left", "right"]] } } };

  it("are tried in order; the second is not touched when the first succeeds", async () => {
    const { asked } = await fence({ ipmi: {}, left: {}, right: {} }, both);
    expect(asked).toEqual(["ipmi off", "ipmi on"]);
  });

  it("of several devices succeed when all do: all off before any is on again", async () => {
    const { result, asked, how } = await fence(
      { ipmi: { execute: async () => REFUSED }, left: {}, right: {} },
      both,
    );
    expect(result).toEqual({ ok: true });
    expect(asked.slice(-4)).toEqual(["left off", "right off", "left on", "right on"]);
    expect(how).toBe("off by left, whose status says so; off by right, whose status says so");
  });

  it("of several devices never reset one after the other, which would leave the node running", async () => {
    const { asked } = await fence(
      { ipmi: { list: async () => [] }, left: { status: blind }, right: { status: blind } },
      both,
    );
    expect(asked).toEqual(["left off", "right off", "left on", "right on"]);
  });

  it("fail when one of their devices does, and say what each device said", async () => {
    const { result } = await fence(
      {
        ipmi: { list: () => Promise.reject(new Error("no route")) },
        left: {},
        right: { execute: async () => REFUSED },
      },
      both,
    );
    expect(result).toEqual({ ok: false, kind: "error", reason: "ipmi: no route; right: wrong password" });
  });

  it("do not touch one device of a level when another does not list the node", async () => {
    const { asked, result } = await fence(
      { left: {}, right: { list: async () => ["three"] } },
      {
        config: { nodes: { two: [["left", "right"]] } },
      },
    );
    expect(asked).toEqual([]);
    expect(result).toMatchObject({ ok: false, kind: "unknown-node" });
  });

  it("skip a device that does not list the node, in the short form", async () => {
    const { asked } = await fence({ other: { list: async () => ["three"] }, rack: {} });
    expect(asked).toEqual(["rack off", "rack on"]);
  });
});

describe("a device that hangs", () => {
  it("has its time and no more, and a late success is none", async () => {
    const { result, elapsedMs, pending } = await fence({
      hangs: { execute: never, status: blind },
      deaf: { list: never },
    });
    expect(pending).toBe(0);
    const { executeMs, listMs, releaseMs } = FENCING_LIMITS;
    expect(result).toMatchObject({ ok: false, kind: "timeout" });
    expect(elapsedMs).toBe(executeMs + listMs + 2 * releaseMs);
    const late = await fence({
      late: { execute: (_action, _node, signal) => untilAborted(signal).then(saysYes), status: blind },
    });
    expect(late.result).toMatchObject({ ok: false, kind: "timeout" });
  });

  it("has the time that the configuration gives it", async () => {
    const { elapsedMs } = await fence(
      { hangs: { execute: never, status: blind } },
      { config: { timeoutMs: 2000 } },
    );
    expect(elapsedMs).toBe(2000 + FENCING_LIMITS.releaseMs);
  });
});

it("says so when there is no device for the node", async () => {
  expect((await fence({})).result).toEqual({
    ok: false,
    kind: "unknown-node",
    reason: "no device fences two",
  });
});

describe("programs before and after", () => {
  const hook = { program: "/opt/before", args: ["x"], timeoutMs: 3000, required: false };
  const after = { ...hook, program: "/opt/after" };

  it("are told what happens, and what came of it", async () => {
    const { programs } = await fence({ rack: {} }, { config: { before: [hook], after: [after] } });
    expect(programs).toMatchObject([
      { command: "/opt/before", args: ["x"], timeoutMs: 3000 },
      { command: "/opt/after", env: { SYSTOLE_FENCE_RESULT: "ok" } },
    ]);
    expect(programs[0]?.env).toEqual({
      SYSTOLE_FENCE_NODE: "two",
      SYSTOLE_FENCE_ACTION: "reset",
      SYSTOLE_FENCE_BY: "one",
      SYSTOLE_FENCE_WHY: "it fell silent",
    });
  });

  it("do not stop fencing when they fail, unless they are required", async () => {
    const exitCodes = { "/opt/before": 3 };
    const free = await fence({ rack: {} }, { config: { before: [hook] }, exitCodes });
    expect(free.result).toEqual({ ok: true });
    expect(free.events[0]).toMatchObject({
      name: "fence.hook-failed",
      fields: { reason: "/opt/before ended with 3: no" },
    });
    const config = { before: [{ ...hook, required: true }], after: [after] };
    const bound = await fence({ rack: {} }, { config, exitCodes });
    expect(bound.asked).toEqual([]);
    expect(bound.result).toMatchObject({ ok: false, kind: "error" });
    expect(bound.programs.at(-1)?.env).toMatchObject({ SYSTOLE_FENCE_RESULT: "failed" });
  });
});

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
