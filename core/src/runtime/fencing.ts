// Asks fence devices to end a node, each with a deadline, and always brings an answer back. Who is fenced and when is
// the policy's affair; that devices are tried in order, and that the first success counts, is all that is known here.
import type { Clock, FenceDevice, FenceResult } from "../ports/index.js";
import { boundedCall } from "./bounded-call.js";
import { reasonOf } from "./plugin-problem.js";

export const FENCING_LIMITS = {
  /** How long a device may take to reset a node. */
  executeMs: 60_000,
  /** How long it may take to say which nodes it can fence. */
  listMs: 10_000,
  /** How long an aborted call may take to give up. */
  releaseMs: 1000,
} as const;

export interface NamedFenceDevice {
  readonly name: string;
  readonly device: FenceDevice;
}

export interface FencingInit {
  readonly clock: Clock;
  /** In the order in which they are tried. */
  readonly devices: readonly NamedFenceDevice[];
  readonly report: (id: number, result: FenceResult) => void;
}

export class Fencing {
  private readonly ended = new AbortController();

  constructor(private readonly init: FencingInit) {}

  /** Answered by `report` with the same id, exactly once. */
  request(id: number, node: string): void {
    void this.fence(node).then((result) => this.init.report(id, result));
  }

  /** Ends what is under way; it is still answered. */
  close(): void {
    this.ended.abort(new Error("this node has left"));
  }

  /** Tries each device that lists the node until one has reset it. Never rejects. */
  private async fence(node: string): Promise<FenceResult> {
    const failures: FailedFence[] = [];
    for (const { name, device } of this.init.devices) {
      const result = await this.tryDevice(device, node);
      if (result.ok) return result;
      failures.push({ ...result, reason: `${name}: ${result.reason}` });
    }
    return summary(node, failures);
  }

  private async tryDevice(device: FenceDevice, node: string): Promise<FenceResult> {
    const listed = await this.call(FENCING_LIMITS.listMs, "the list of its nodes", (signal) =>
      device.list(signal),
    );
    if (!listed.ok) return listed;
    if (!listed.value.includes(node))
      return { ok: false, kind: "unknown-node", reason: `it does not list ${node}` };
    const executed = await this.call(FENCING_LIMITS.executeMs, `the reset of ${node}`, (signal) =>
      device.execute("reset", node, signal),
    );
    return executed.ok ? executed.value : executed;
  }

  /** A device that throws has failed; one that is late has timed out, whatever it says afterwards. */
  private async call<Value>(
    deadlineMs: number,
    what: string,
    work: (signal: AbortSignal) => Promise<Value>,
  ): Promise<{ readonly ok: true; readonly value: Value } | FailedFence> {
    const { clock } = this.init;
    const bounds = { deadlineMs, releaseMs: FENCING_LIMITS.releaseMs };
    const got: { value?: Value } = {};
    const outcome = await boundedCall(clock, bounds, this.ended.signal, async (signal) => {
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

type FailedFence = Extract<FenceResult, { readonly ok: false }>;

/** The gravest failure tells the kind: a time-out leaves open whether the node still lives. */
function summary(node: string, failures: readonly FailedFence[]): FenceResult {
  const kinds = failures.map(({ kind }) => kind);
  const kind = kinds.includes("timeout") ? "timeout" : kinds.includes("error") ? "error" : "unknown-node";
  const reason = failures.map((failure) => failure.reason).join("; ");
  return { ok: false, kind, reason: reason === "" ? `no device fences ${node}` : reason };
}
