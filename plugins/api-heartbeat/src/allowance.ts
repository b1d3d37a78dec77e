// How fast a client may ask. A client that is too fast waits: nothing is read from it until it may go on.
import { LIMITS } from "./limits.js";

export class Allowance {
  private left: number = LIMITS.burst;
  private atMs: number | undefined;

  /** Takes `cost`. Returns 0 when it may go on, otherwise after how many ms it may. */
  take(cost: number, nowMs: number): number {
    const sinceMs = nowMs - (this.atMs ?? nowMs);
    this.atMs = nowMs;
    this.left = Math.min(LIMITS.burst, this.left + (sinceMs * LIMITS.requestsPerSecond) / 1000) - cost;
    return this.left >= 0 ? 0 : Math.ceil((-this.left * 1000) / LIMITS.requestsPerSecond);
  }
}
