// A node that has lost control of what it runs, and asks the others to fence it, also ends itself, where it has a device that
// can do that from within: the others may not hear it, or may have nothing to fence with.
import type { Clock, EngineEvent, FenceAction } from "../../ports/index.js";
import { DeviceCalls } from "./device-calls.js";
import type { NamedFenceDevice } from "./fence-level.js";

export interface OwnEndInit {
  readonly self: string;
  readonly clock: Clock;
  readonly devices: readonly NamedFenceDevice[];
  readonly action: FenceAction;
  /** How long each device may take. */
  readonly timeoutMs: number;
  readonly event: (event: EngineEvent) => void;
}

export class OwnEnd {
  private readonly ended = new AbortController();
  private readonly calls: DeviceCalls;
  private underWay = false;

  constructor(private readonly init: OwnEndInit) {
    this.calls = new DeviceCalls(init.clock, init.timeoutMs, this.ended.signal);
  }

  /** What the engine tells: it says once for each loss that this node is to be fenced. */
  hear({ name, fields }: EngineEvent): void {
    if (name !== "fence.asked" || fields["node"] !== this.init.self || this.underWay) return;
    this.underWay = true;
    void this.end();
  }

  close(): void {
    this.ended.abort(new Error("this node has left"));
  }

  /** One device after the other. What comes back has not ended this node, whatever it says. */
  private async end(): Promise<void> {
    const { self, devices, action, event } = this.init;
    for (const { name, device } of devices.filter((one) => one.device.endsOwnNode === true)) {
      const result = await this.calls.execute(device, action, self);
      const reason = result.ok ? "it says that it has, and this node is still here" : result.reason;
      event({
        name: "fence.device-failed",
        level: "error",
        fields: { node: self, device: name, action, reason },
      });
    }
    this.underWay = false;
  }
}
