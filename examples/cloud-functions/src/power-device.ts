// Machines that a provider switches: the device is the same for all of them. Its yes means that the machine was seen to be off.
import type { FenceAction, FenceDevice, FenceResult } from "@systole/sdk";
import { wordsOf } from "./held-agent.js";
import { pause } from "./pause.js";

/** One machine at a provider. What goes wrong is thrown. */
export interface Machine {
  /** Asks for it; need not wait until it is so. `off` ends it at once, without shutting it down. */
  turn(power: "on" | "off", signal: AbortSignal): Promise<void>;
  /** `changing`: on its way to something. */
  look(signal: AbortSignal): Promise<"on" | "off" | "changing">;
}

export class PowerDevice implements FenceDevice {
  constructor(
    private readonly machines: ReadonlyMap<string, Machine>,
    private readonly lookEveryMs: number,
  ) {}

  async execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    const machine = this.machines.get(node);
    if (machine === undefined)
      return { ok: false, kind: "unknown-node", reason: "the function does not know it" };
    try {
      for (const power of action === "reset" ? (["off", "on"] as const) : [action]) {
        signal.throwIfAborted();
        if ((await machine.look(signal)) !== power) await machine.turn(power, signal);
        while ((await machine.look(signal)) !== power) await pause(this.lookEveryMs, signal);
      }
      return { ok: true };
    } catch (cause) {
      return { ok: false, kind: signal.aborted ? "timeout" : "error", reason: wordsOf(cause) };
    }
  }

  async status(node: string, signal: AbortSignal): Promise<"on" | "off" | "unknown"> {
    const seen = await this.machines
      .get(node)
      ?.look(signal)
      .catch(() => undefined);
    return seen === "on" || seen === "off" ? seen : "unknown";
  }

  async list(): Promise<readonly string[]> {
    return [...this.machines.keys()];
  }
}
