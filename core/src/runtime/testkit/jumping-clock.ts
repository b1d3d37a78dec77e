// A clock for tests of what waits: hours pass at once, and only when nothing else can happen.
import type { Clock } from "../../ports/index.js";

/** Time that jumps to the next alarm whenever everything else has come to rest. */
export class JumpingClock implements Clock {
  #nowMs = 0;
  readonly #alarms = new Set<{ readonly atMs: number; readonly wake: () => void }>();
  nowMs = () => this.#nowMs;
  wallMs = () => this.#nowMs;
  wakeAt(atMs: number, wake: () => void): () => void {
    const alarm = { atMs, wake };
    this.#alarms.add(alarm);
    return () => void this.#alarms.delete(alarm);
  }
  get pending(): number {
    return this.#alarms.size;
  }
  async until<T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> {
    const progress: { result?: PromiseSettledResult<T> } = {};
    void Promise.allSettled([promise]).then(([settled]) => (progress.result = settled));
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (progress.result !== undefined) return progress.result;
      const [next] = [...this.#alarms].toSorted((one, other) => one.atMs - other.atMs);
      if (next === undefined) continue;
      this.#alarms.delete(next);
      this.#nowMs = next.atMs;
      next.wake();
    }
  }
}
