// How soon a guard that has ended unasked is started again. Pure.
import { GUARD_LIMITS } from "./limits.js";

export interface RestartVerdict {
  readonly pauseMs: number;
  readonly endsMs: readonly number[];
  /** It ends so often that nothing is expected of the next one. */
  readonly hopeless: boolean;
}

/** `endsMs`: the moments of earlier ends; what is older than the window does not count. It is never given up altogether. */
export function judgeEnd(endsMs: readonly number[], nowMs: number): RestartVerdict {
  const recent = [...endsMs.filter((atMs) => nowMs - atMs < GUARD_LIMITS.restartWindowMs), nowMs];
  const hopeless = recent.length > GUARD_LIMITS.restarts;
  return {
    pauseMs: hopeless ? GUARD_LIMITS.slowRestartMs : GUARD_LIMITS.restartMs,
    // One more than is allowed is all that needs to be known.
    endsMs: recent.slice(-GUARD_LIMITS.restarts - 1),
    hopeless,
  };
}
