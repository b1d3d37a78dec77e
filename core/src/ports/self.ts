// What a node can find out about itself: whether it was there all the time, and whether it is connected at all. Plain
// data; what it means is the engine's affair.

export interface CarrierView {
  /** Of a medium, or of the way out of this host. */
  readonly interface: string;
  /** `unknown`: it is no interface of this host, as a serial line, or nobody could look. */
  readonly state: "up" | "lost" | "unknown";
}

/** One look at the host. What cannot be known is left out. */
export interface SelfObserved {
  /** Milliseconds that this machine has been suspended since it was booted: boot time less monotonic time. */
  readonly suspendedMs?: number;
  /** Milliseconds of CPU time that the hypervisor gave to others since boot, all CPUs together. */
  readonly stolenMs?: number;
  /** CPUs that this machine has. */
  readonly cpus?: number;
  /** Share of the last ten seconds in which something waited for a CPU, 0 to 1. */
  readonly cpuPressure?: number;
  /** Every interface that this node could be heard through; empty: none is known. */
  readonly carriers: readonly CarrierView[];
}

/** What the engine has judged of its own node, for the policy. */
export interface SelfJudgement {
  /**
   * It was late, for it was frozen, paused, suspended or starved: so long ago it gave its last sign of life before. 0: it
   * was in time.
   */
  readonly awayMs: number;
  /** No interface that it could be heard through has carrier: it is the one that is cut off. */
  readonly cutOff: boolean;
}

/** A node's own health, for people. */
export interface SelfView {
  /** The longest that it was late lately, and how often since it started. */
  readonly lateMs: number;
  readonly lateTimes: number;
  /** Suspended since it started, in all. */
  readonly suspendedMs?: number;
  /** Share of its CPU time that the hypervisor gave to others, between the last two looks; 0 to 1. */
  readonly stealShare?: number;
  readonly cpuPressure?: number;
  readonly carriers: readonly CarrierView[];
  readonly cutOff: boolean;
}
