// One level: devices that must all succeed together. A node with two power supplies is off when both are, and a device
// that can tell the state of the node is asked whether it really is.
import type { Clock, FenceAction, FenceDevice, FenceResult } from "../../ports/index.js";
import type { DeviceCalls, FailedFence } from "./device-calls.js";

export interface NamedFenceDevice {
  readonly name: string;
  readonly device: FenceDevice;
}

/** What one device was asked, and what came of it. */
export interface FenceStep {
  readonly device: string;
  readonly action: FenceAction;
  readonly ok: boolean;
  /** `true`: the device's own status says so. */
  readonly verified: boolean;
  /** Why it failed, or what it did not say; absent: nothing to add. */
  readonly reason?: string;
  readonly tookMs: number;
}

export interface LevelResult {
  readonly result: FenceResult;
  readonly steps: readonly FenceStep[];
}

export class LevelRun {
  private readonly steps: FenceStep[] = [];

  constructor(
    private readonly devices: readonly NamedFenceDevice[],
    private readonly node: string,
    private readonly calls: DeviceCalls,
    private readonly clock: Clock,
  ) {}

  async run(action: "off" | "reset"): Promise<LevelResult> {
    const failure = (await this.notListed()) ?? (await this.end(action));
    return { result: failure ?? { ok: true }, steps: this.steps };
  }

  private async notListed(): Promise<FailedFence | undefined> {
    for (const { name, device } of this.devices) {
      const listed = await this.calls.list(device);
      if (!listed.ok) return inNameOf({ name, device }, listed);
      if (!listed.value.includes(this.node))
        return { ok: false, kind: "unknown-node", reason: `${name}: it does not list ${this.node}` };
    }
    return undefined;
  }

  /** Undefined when the node has ended. */
  private async end(action: "off" | "reset"): Promise<FailedFence | undefined> {
    const [only, ...others] = this.devices;
    if (action === "reset" && only !== undefined && others.length === 0) return this.resetBy(only);
    for (const device of this.devices) {
      const failure = await this.offBy(device);
      if (failure !== undefined) return failure;
    }
    if (action === "reset") await this.bringBack();
    return undefined;
  }

  /** Off, looked at, and on: where the device can do that. Else its reset is believed, and that is said. */
  private async resetBy(named: NamedFenceDevice): Promise<FailedFence | undefined> {
    if (!(await this.canTell(named))) return this.trust(named, "reset", BLIND);
    const outcome = await this.switchOff(named);
    if (outcome.kind === "off") return this.bringBack();
    if (outcome.kind === "lied" || outcome.failure.kind !== "error") return outcome.failure;
    return this.trust(named, "reset", "it has no off, so nobody could see the node go off");
  }

  private async offBy(named: NamedFenceDevice): Promise<FailedFence | undefined> {
    if (!(await this.canTell(named))) return this.trust(named, "off", BLIND);
    const outcome = await this.switchOff(named);
    return outcome.kind === "off" ? undefined : outcome.failure;
  }

  private async canTell({ device }: NamedFenceDevice): Promise<boolean> {
    const status = await this.calls.status(device, this.node);
    return status.ok && status.value !== "unknown";
  }

  private async switchOff(named: NamedFenceDevice): Promise<Off> {
    const startedMs = this.clock.nowMs();
    const said = await this.calls.execute(named.device, "off", this.node);
    const result = said.ok ? await this.calls.becomesOff(named.device, this.node) : said;
    this.note(named, "off", result, startedMs, { verified: result.ok });
    if (result.ok) return { kind: "off" };
    return { kind: said.ok ? "lied" : "refused", failure: inNameOf(named, result) };
  }

  private async trust(
    named: NamedFenceDevice,
    action: FenceAction,
    remark: string,
  ): Promise<FailedFence | undefined> {
    const startedMs = this.clock.nowMs();
    const result = await this.calls.execute(named.device, action, this.node);
    this.note(named, action, result, startedMs, { remark });
    return result.ok ? undefined : inNameOf(named, result);
  }

  /** The node is off, which is what counts: what cannot be switched on again is told, and waits for a person. */
  private async bringBack(): Promise<undefined> {
    for (const named of this.devices) {
      const startedMs = this.clock.nowMs();
      const result = await this.calls.execute(named.device, "on", this.node);
      this.note(named, "on", result, startedMs, {});
    }
    return undefined;
  }

  private note(
    { name }: NamedFenceDevice,
    action: FenceAction,
    result: FenceResult,
    startedMs: number,
    { verified = false, remark }: { readonly verified?: boolean; readonly remark?: string },
  ): void {
    const reason = result.ok ? remark : result.reason;
    const tookMs = Math.round(this.clock.nowMs() - startedMs);
    this.steps.push({
      device: name,
      action,
      ok: result.ok,
      verified,
      ...(reason !== undefined && { reason }),
      tookMs,
    });
  }
}

const BLIND = "it cannot tell the state of the node, so its word was taken for it";

/** `refused`: it said no. `lied`: it said yes, and its status says that the node goes on. */
type Off = { readonly kind: "off" } | { readonly kind: "refused" | "lied"; readonly failure: FailedFence };

function inNameOf({ name }: NamedFenceDevice, failure: FailedFence): FailedFence {
  return { ...failure, reason: `${name}: ${failure.reason}` };
}
