// Waits on a clock of the cluster.
import type { Clock } from "../ports/index.js";

/** Ends early when the signal aborts. */
export function pause(clock: Clock, forMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.wakeAt(clock.nowMs() + forMs, end);
    signal.addEventListener("abort", end, { once: true });
  });
}
