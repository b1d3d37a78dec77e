// Fences by a call to a function: what the function's fence device answers is what this one answers.
import {
  type Clock,
  type FenceAction,
  type FenceDevice,
  type FenceResult,
  type Logger,
  type SecretPlaces,
} from "@systole/sdk";
import { asFenceResult, asPower, FunctionClient } from "@systole/sdk/functions";
import type { DeviceConfig } from "./config.js";

export interface FunctionDeviceInit {
  readonly name: string;
  readonly settings: DeviceConfig;
  readonly places: SecretPlaces;
  readonly clock: Clock;
  readonly log: Logger;
}

export class FunctionDevice implements FenceDevice {
  readonly #client: FunctionClient;

  constructor(private readonly init: FunctionDeviceInit) {
    const { settings, places, clock, log } = init;
    this.#client = new FunctionClient({
      url: settings.url,
      key: settings.key,
      keyName: settings.cluster,
      attemptTimeoutMs: settings.timeoutMs,
      places,
      clock,
      onRepeat: ({ operation }, attempts, reason) =>
        log.info("fence.call-repeated", { operation, attempts, reason }),
    });
  }

  async execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    if (signal.aborted) return { ok: false, kind: "timeout", reason: "given up before it began" };
    if (!this.init.settings.hosts.includes(node))
      return {
        ok: false,
        kind: "unknown-node",
        reason: `${this.init.name} has no ${JSON.stringify(node)} under hosts`,
      };
    const asked = await this.#ask(action, node, asFenceResult, signal);
    if (asked.ok) return inOurWords(asked.answer);
    const kind = signal.aborted || asked.isUnknown ? "timeout" : "error";
    return { ok: false, kind, reason: asked.reason };
  }

  async status(node: string, signal: AbortSignal): Promise<"on" | "off" | "unknown"> {
    if (signal.aborted || !this.init.settings.hosts.includes(node)) return "unknown";
    const asked = await this.#ask("status", node, asPower, signal);
    return asked.ok ? asked.answer.state : "unknown";
  }

  async list(): Promise<readonly string[]> {
    return [...new Set(this.init.settings.hosts)];
  }

  #ask<Answer>(
    operation: FenceAction | "status",
    node: string,
    read: (value: unknown) => Answer | undefined,
    signal: AbortSignal,
  ) {
    const { device, withinMs } = this.init.settings;
    const call = {
      port: "fence-device",
      operation,
      node,
      ...(device !== undefined && { name: device }),
    } as const;
    return this.#client.ask(call, withinMs, read, signal);
  }
}

function inOurWords(result: FenceResult): FenceResult {
  return result.ok ? result : { ...result, reason: `the function says: ${result.reason}` };
}
