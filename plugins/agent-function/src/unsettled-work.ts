// What a function may still be doing although nobody waits for it: nothing else may be begun before it is over.
import { MAX_UNSETTLED } from "./limits.js";

export class UnsettledWork {
  /** By resource: when it is over for sure, by the node's monotonic clock. */
  readonly #overMs = new Map<string, number>();

  add(resource: string, overMs: number): void {
    const [oldest] = this.#overMs.keys();
    if (oldest !== undefined && this.#overMs.size >= MAX_UNSETTLED) this.#overMs.delete(oldest);
    this.#overMs.set(resource, overMs);
  }

  settle(resource: string): void {
    this.#overMs.delete(resource);
  }

  /** How long to wait until nothing of it can be under way. */
  leftMs(resource: string, nowMs: number): number {
    return Math.max(0, (this.#overMs.get(resource) ?? nowMs) - nowMs);
  }
}
