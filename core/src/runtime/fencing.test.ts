import { describe, expect, it } from "vitest";
import type { FenceDevice, FenceResult } from "../ports/index.js";
import { Fencing, FENCING_LIMITS } from "./fencing.js";
import { JumpingClock } from "./testkit/jumping-clock.js";

interface Fenced {
  readonly result: FenceResult;
  readonly elapsedMs: number;
  /** What the devices were asked, in order. */
  readonly asked: readonly string[];
}

type Behaviour = Partial<Pick<FenceDevice, "list" | "execute">>;

/** Asks for `node` with devices that list `two` and succeed, but for what is given. */
async function fence(node: string, devices: Readonly<Record<string, Behaviour>>): Promise<Fenced> {
  const clock = new JumpingClock();
  const asked: string[] = [];
  let answer: (result: FenceResult) => void;
  const answered = new Promise<FenceResult>((resolve) => (answer = resolve));
  const fencing = new Fencing({
    clock,
    devices: Object.entries(devices).map(([name, behaviour]) => ({
      name,
      device: {
        list: behaviour.list ?? (async () => ["two"]),
        status: async () => "unknown",
        execute: (action, target, signal) => {
          asked.push(`${name} ${action} ${target}`);
          return behaviour.execute?.(action, target, signal) ?? Promise.resolve({ ok: true });
        },
      },
    })),
    report: (id, result) => {
      expect(id).toBe(7);
      answer(result);
    },
  });
  fencing.request(7, node);
  const settled = await clock.until(answered);
  if (settled.status === "rejected") throw settled.reason;
  expect(clock.pending).toBe(0);
  return { result: settled.value, elapsedMs: clock.nowMs(), asked };
}

const never = () => new Promise<never>(() => undefined);

describe("fencing", () => {
  it("resets the node by the first device that lists it", async () => {
    const { result, asked } = await fence("two", {
      other: { list: async () => ["three"] },
      rack: {},
      spare: {},
    });
    expect(result).toEqual({ ok: true });
    expect(asked).toEqual(["rack reset two"]);
  });

  it("tries the next device when one fails, throws or cannot list", async () => {
    const { result, asked } = await fence("two", {
      broken: { list: () => Promise.reject(new Error("no route")) },
      refuses: { execute: async () => ({ ok: false, kind: "error", reason: "wrong password" }) },
      throws: {
        execute: () => {
          throw new Error("bug");
        },
      },
      spare: {},
    });
    expect(result).toEqual({ ok: true });
    expect(asked).toEqual(["refuses reset two", "throws reset two", "spare reset two"]);
  });

  it("says what each device said when none succeeds", async () => {
    const { result } = await fence("two", {
      refuses: { execute: async () => ({ ok: false, kind: "error", reason: "wrong password" }) },
      other: { list: async () => [] },
    });
    expect(result).toEqual({
      ok: false,
      kind: "error",
      reason: "refuses: wrong password; other: it does not list two",
    });
  });

  it("gives a device that hangs its time and no more, and takes a late success for none", async () => {
    const { result, elapsedMs } = await fence("two", {
      hangs: { execute: never },
      deaf: { list: never },
    });
    const { executeMs, listMs, releaseMs } = FENCING_LIMITS;
    expect(result).toMatchObject({ ok: false, kind: "timeout" });
    expect(elapsedMs).toBe(executeMs + listMs + 2 * releaseMs);
    const late = await fence("two", {
      late: { execute: (_action, _node, signal) => untilAborted(signal).then(() => ({ ok: true })) },
    });
    expect(late.result).toMatchObject({ ok: false, kind: "timeout" });
  });

  it("says so when there is no device for the node", async () => {
    expect((await fence("two", {})).result).toEqual({
      ok: false,
      kind: "unknown-node",
      reason: "no device fences two",
    });
  });
});

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
