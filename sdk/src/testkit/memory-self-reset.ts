// A watchdog in memory: whether it is still fed, and why not.
import type { SelfReset } from "@systole/core/ports";

export class MemorySelfReset implements SelfReset {
  /** What a real one would say; undefined: this machine has no watchdog. */
  resetsWithinMs: number | undefined;
  /** Why it is not fed any more, in order. */
  readonly reasons: string[] = [];

  stopFeeding(reason: string): number | undefined {
    if (this.resetsWithinMs !== undefined) this.reasons.push(reason);
    return this.resetsWithinMs;
  }
}
