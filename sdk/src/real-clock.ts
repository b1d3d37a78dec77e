// Time as it passes, for functions, and for contracts and tests that really wait.
import type { Clock } from "@systole/core/ports";

/** A `Clock` on the timers of JavaScript; nothing longer than 24 days. */
export class RealClock implements Clock {
  #pending = 0;

  /** How many alarms are set: none should be left when everything is stopped. */
  get pending(): number {
    return this.#pending;
  }

  nowMs(): number {
    return performance.now();
  }

  wallMs(): number {
    return Date.now();
  }

  wakeAt(atMs: number, wake: () => void): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settle = (): boolean => {
      if (timer === undefined) return false;
      clearTimeout(timer);
      timer = undefined;
      this.#pending -= 1;
      return true;
    };
    // Timers may ring a fraction of a millisecond early.
    const arm = (): void => {
      timer = setTimeout(
        () => {
          if (this.nowMs() < atMs) arm();
          else if (settle()) wake();
        },
        Math.max(0, Math.ceil(atMs - this.nowMs())),
      );
    };
    this.#pending += 1;
    arm();
    return () => void settle();
  }
}
