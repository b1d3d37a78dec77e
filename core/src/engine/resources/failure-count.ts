// How often a resource failed on this node: what decides when its group goes elsewhere, and how long it is held down
// before the next restart. As in Pacemaker, the failures expire together, some time after the last of them.
import type { RecoveryRules } from "../../ports/index.js";
import { LIMITS } from "../limits.js";

export class FailureCount {
  private failures = 0;
  private lastAtMs = 0;

  constructor(private readonly rules: RecoveryRules) {}

  /** Counts one more and returns how many there are now. */
  note(nowMs: number): number {
    this.failures += 1;
    this.lastAtMs = nowMs;
    return this.failures;
  }

  count(): number {
    return this.failures;
  }

  /** The group shall run here only when no other node can. */
  exhausted(): boolean {
    const { migrationThreshold } = this.rules;
    return migrationThreshold > 0 && this.failures >= migrationThreshold;
  }

  /** The first restart is immediate; then the pause doubles, up to a limit. */
  holdDownMs(): number {
    if (this.failures < 2) return 0;
    return Math.min(LIMITS.holdDownMs * 2 ** (this.failures - 2), LIMITS.longestHoldDownMs);
  }

  /** When all is forgotten; Infinity when there is nothing to forget. */
  expiresAtMs(): number {
    if (this.failures === 0 || this.rules.failureTimeoutMs === 0) return Number.POSITIVE_INFINITY;
    return this.lastAtMs + this.rules.failureTimeoutMs;
  }

  /** Returns whether there was something to forget. */
  clear(): boolean {
    const had = this.failures > 0;
    this.failures = 0;
    return had;
  }
}
