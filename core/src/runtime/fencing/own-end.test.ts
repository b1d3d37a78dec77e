import { describe, expect, it } from "vitest";
import type { EngineEvent, FenceDevice, FenceResult } from "../../ports/index.js";
import { JumpingClock } from "../testkit/jumping-clock.js";
import { OwnEnd } from "./own-end.js";

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
const ASKED: EngineEvent = {
  name: "fence.asked",
  level: "error",
  fields: { node: "one", why: "it does not stop" },
};

function stage(answer: (node: string) => Promise<FenceResult>, heard: () => void = () => {}) {
  const calls: string[] = [];
  const events: EngineEvent[] = [];
  const device = (name: string, own: Partial<FenceDevice>): { name: string; device: FenceDevice } => ({
    name,
    device: {
      execute: async (action, node) => {
        calls.push(`${name} ${action} ${node}`);
        return await answer(node);
      },
      status: async () => "unknown",
      list: async () => ["one"],
      ...own,
    },
  });
  const clock = new JumpingClock();
  const end = new OwnEnd({
    self: "one",
    clock,
    devices: [device("rack", {}), device("suicide", { endsOwnNode: true })],
    action: "reset",
    timeoutMs: 60_000,
    event: (event) => {
      events.push(event);
      heard();
    },
  });
  return { end, calls, events, clock };
}

describe("a node that asks to be fenced", () => {
  it("ends itself by a device that can do that from within, and by no other", async () => {
    const { end, calls } = stage(() => new Promise(() => {}));
    end.hear(ASKED);
    // A second loss changes nothing while this is under way.
    end.hear(ASKED);
    await settled();
    expect(calls).toEqual(["suicide reset one"]);
    end.close();
  });

  it("is told when it is still here, whatever the device says, and tries again at the next loss", async () => {
    const { end, calls, events } = stage(async () => ({ ok: false, kind: "error", reason: "no watchdog" }));
    end.hear(ASKED);
    await settled();
    end.hear(ASKED);
    await settled();
    expect(calls).toHaveLength(2);
    expect(events[0]).toMatchObject({
      name: "fence.device-failed",
      level: "error",
      fields: { node: "one", device: "suicide", reason: "no watchdog" },
    });
  });

  it("is not what another node's wish or its silence means", async () => {
    const { end, calls } = stage(async () => ({ ok: true }));
    end.hear({ ...ASKED, fields: { node: "two" } });
    end.hear({ ...ASKED, name: "fence.needed" });
    await settled();
    expect(calls).toEqual([]);
  });

  it("waits for a device no longer than it may take", async () => {
    let told = (): void => {};
    const { end, events, clock } = stage(
      () => new Promise(() => {}),
      () => told(),
    );
    end.hear(ASKED);
    await clock.until(new Promise<void>((resolve) => (told = resolve)));
    expect(events[0]?.fields["reason"]).toMatch(/longer than 60000 ms/u);
  });
});
