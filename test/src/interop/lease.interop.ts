// A lease beside the real heartbeat: it takes over when Systole's daemon is dead, and finds the address gone.
import { afterAll, expect, it } from "vitest";
import { Lab, NODE_NAMES, monotonicMs, runAct, settled, situation, waitFor } from "../lab/index.js";
import { COLD_START } from "./acts.js";
import { ACT_TIMEOUT_MS } from "./chain-run.js";
import { describeInterop } from "./chain.js";

const SETTLED_FOR_MS = 800;

describeInterop("an address with a lease, beside heartbeat", () => {
  let lab: Lab | undefined;

  it("is gone after kill -9 before heartbeat has it", async () => {
    const opened = await Lab.open({
      implementation: "heartbeat",
      implementations: { master: "systole" },
      variant: { deadtimeSeconds: 3, initdeadSeconds: 4 },
      // It is the kernel that is asked here.
      files: {
        master: [{ path: "/etc/ha.d/systole.yaml", text: "addresses: { guard: off }\n" }],
        cluster1: [],
      },
    });
    lab = opened;
    const { reason } = await runAct(opened, COLD_START, { timeoutMs: ACT_TIMEOUT_MS });
    expect(reason).toBeUndefined();

    const { holders } = opened;
    const sinceMs = monotonicMs();
    await opened.node("master").killHard();
    await waitFor("heartbeat to take the address", () => holders.now().includes("cluster1"), {
      timeoutMs: ACT_TIMEOUT_MS,
      describe: () => situation(opened),
    });
    expect(holders.now()).toEqual(["cluster1"]);
    await settled(opened, "cluster1", SETTLED_FOR_MS, ACT_TIMEOUT_MS);
    expect(holders.timeWith((count) => count === NODE_NAMES.length, sinceMs, monotonicMs())).toBe(0);
  });

  it("leaves nothing behind", async () => {
    expect(await lab?.close()).toEqual([]);
    lab = undefined;
  });

  afterAll(() => lab?.close());
});
