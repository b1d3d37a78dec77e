// Somebody to tell, in memory: keeps what it was told, and refuses or stalls when a test says so.
import type { ClusterEvent, Notifier } from "@systole/core/ports";
import { aborted } from "./memory-fence-device.js";

/** The other end. */
export class MemoryAudience {
  mode: "working" | "broken" | "stalled" = "working";
  readonly told: ClusterEvent[] = [];
}

export class MemoryNotifier implements Notifier {
  constructor(readonly audience: MemoryAudience = new MemoryAudience()) {}

  async notify(event: ClusterEvent, signal: AbortSignal): Promise<void> {
    if (this.audience.mode === "stalled") await aborted(signal);
    signal.throwIfAborted();
    if (this.audience.mode === "broken") throw new Error("The other end refuses.");
    this.audience.told.push(structuredClone(event));
  }
}
