// Monotonic time of a node whose instances share no clock: it follows the wall clock of whoever runs, and never goes back. A wall
// clock that jumps ahead is a node that was paused, which is what it cannot tell from it and must behave as.

export interface NodeTime {
  /** The node's own time. */
  readonly nowMs: number;
  /** The wall clock at that moment. */
  readonly wallMs: number;
}

/** Now, by this instance's wall clock; the first moment of a node is 0. */
export function timeAt(before: NodeTime | undefined, wallMs: number): NodeTime {
  if (before === undefined) return { nowMs: 0, wallMs };
  // From a clock that was set back, time goes on at the next look.
  return { nowMs: before.nowMs + Math.max(0, wallMs - before.wallMs), wallMs };
}
