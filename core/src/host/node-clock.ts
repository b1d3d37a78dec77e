// Time on a node: the kernel's monotonic clock, and timers that hold for any distance.
import type { Clock } from "../ports/index.js";

/** Longest delay that `setTimeout` takes; a longer one would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** The port `Clock` on a node. `wakeAt(Infinity, ...)` never wakes; it throws RangeError for NaN. */
export class NodeClock implements Clock {
  nowMs(): number {
    return performance.now();
  }

  wallMs(): number {
    return Date.now();
  }

  wakeAt(atMs: number, wake: () => void): () => void {
    if (Number.isNaN(atMs)) throw new RangeError("wakeAt: the time is NaN");
    let timer: NodeJS.Timeout | undefined;
    // The timers of Node count whole milliseconds of their own clock and may fire a fraction early: look again.
    const arm = (): void => {
      const leftMs = Math.min(Math.max(0, Math.ceil(atMs - this.nowMs())), MAX_DELAY_MS);
      timer = setTimeout(() => (this.nowMs() >= atMs ? wake() : arm()), leftMs);
    };
    arm();
    return () => clearTimeout(timer);
  }
}
