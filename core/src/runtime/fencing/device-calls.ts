// Calls to a fence device: each with a deadline, and whatever the device does, an answer. A device that throws has
// failed; one that is late has timed out, whatever it says afterwards.
import type { Clock, FenceAction, FenceDevice, FenceResult } from "../../ports/index.js";
import { boundedCall } from "../bounded-call.js";
import { reasonOf } from "../plugin-problem.js";
import { FENCING_LIMITS } from "./fencing-config.js";

export type FailedFence = Extract<FenceResult, { readonly ok: false }>;
export type Called<Value> = { readonly ok: true; readonly value: Value } | FailedFence;
export type PowerState = "on" | "off" | "unknown";

export class DeviceCalls {
  constructor(
    private readonly clock: Clock,
    /** How long an action may take. */
    private readonly actionMs: number,
    private readonly ended: AbortSignal,
  ) {}

  list(device: FenceDevice): Promise<Called<readonly string[]>> {
    return this.call(FENCING_LIMITS.listMs, "the list of its nodes", (signal) => device.list(signal));
  }

  async execute(device: FenceDevice, action: FenceAction, node: string): Promise<FenceResult> {
    const called = await this.call(this.actionMs, `${action} of ${node}`, (signal) =>
      device.execute(action, node, signal),
    );
    return called.ok ? called.value : called;
  }

  status(device: FenceDevice, node: string): Promise<Called<PowerState>> {
    return this.call(FENCING_LIMITS.statusMs, `the status of ${node}`, (signal) =>
      device.status(node, signal),
    );
  }

  /** Asks until the node is off. */
  async becomesOff(device: FenceDevice, node: string): Promise<FenceResult> {
    const untilMs = this.clock.nowMs() + FENCING_LIMITS.verifyMs;
    for (;;) {
      const status = await this.status(device, node);
      if (status.ok && status.value === "off") return { ok: true };
      const last = status.ok ? `its status is still ${status.value}` : status.reason;
      if (this.clock.nowMs() >= untilMs || this.ended.aborted)
        return { ok: false, kind: "error", reason: `it said that ${node} is off, and ${last}` };
      await this.pause(FENCING_LIMITS.verifyEveryMs);
    }
  }

  private pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      const over = (): void => {
        cancel();
        this.ended.removeEventListener("abort", over);
        resolve();
      };
      const cancel = this.clock.wakeAt(this.clock.nowMs() + durationMs, over);
      this.ended.addEventListener("abort", over, { once: true });
    });
  }

  private async call<Value>(
    deadlineMs: number,
    what: string,
    work: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Called<Value>> {
    const bounds = { deadlineMs, releaseMs: FENCING_LIMITS.releaseMs };
    const got: { value?: Value } = {};
    const outcome = await boundedCall(this.clock, bounds, this.ended, async (signal) => {
      got.value = await work(signal);
    });
    switch (outcome.kind) {
      case "done":
        return { ok: true, value: got.value as Value };
      case "failed":
        return { ok: false, kind: "error", reason: reasonOf(outcome.error) };
      case "timeout":
        return { ok: false, kind: "timeout", reason: `${what} took longer than ${deadlineMs} ms` };
      case "aborted":
        return { ok: false, kind: "timeout", reason: `${what} was given up` };
    }
  }
}
