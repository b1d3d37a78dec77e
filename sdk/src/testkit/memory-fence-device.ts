// A power switch in memory, with the machines behind it: for tests of what asks for fencing, and to try the contract on.
import type { FenceAction, FenceDevice, FenceResult } from "@systole/core/ports";

/** A machine as the world sees it. */
export interface MemoryMachine {
  power: "on" | "off";
  /** How often it was switched on. */
  boots: number;
}

/** What was asked of the device, in order. */
export interface FenceAttempt {
  readonly action: FenceAction;
  readonly node: string;
}

/** `mode` says how the device behaves from now on: `stalled` never answers, `broken` refuses. */
export class MemoryFenceDevice implements FenceDevice {
  readonly machines: ReadonlyMap<string, MemoryMachine>;
  readonly attempts: FenceAttempt[] = [];
  mode: "working" | "broken" | "stalled" = "working";

  /** Machines by node name, all switched on. */
  constructor(...nodes: readonly string[]) {
    this.machines = new Map(nodes.map((node) => [node, { power: "on", boots: 1 }]));
  }

  async execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    if (signal.aborted) return timedOut;
    this.attempts.push({ action, node });
    const machine = this.machines.get(node);
    if (machine === undefined)
      return { ok: false, kind: "unknown-node", reason: `there is no machine ${JSON.stringify(node)}` };
    if (this.mode === "broken") return { ok: false, kind: "error", reason: "the switch refuses" };
    if (this.mode === "stalled") return aborted(signal).then(() => timedOut);
    this.perform(action, machine);
    return { ok: true };
  }

  async status(node: string, signal: AbortSignal): Promise<"on" | "off" | "unknown"> {
    if (this.mode === "stalled") await aborted(signal);
    return this.mode === "working" ? (this.machines.get(node)?.power ?? "unknown") : "unknown";
  }

  async list(): Promise<readonly string[]> {
    return [...this.machines.keys()];
  }

  protected perform(action: FenceAction, machine: MemoryMachine): void {
    const wasOff = machine.power === "off";
    machine.power = action === "off" ? "off" : "on";
    if (action === "reset" || (action === "on" && wasOff)) machine.boots += 1;
  }
}

const timedOut: FenceResult = { ok: false, kind: "timeout", reason: "aborted; the outcome is unknown" };

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
