// Every bound of the guard and of its other end in the daemon. docs/limits.md says what happens when one is met.

export const GUARD_LIMITS = {
  /** A guard that ends unasked is started again after so long, so often within the window; then each `slowRestartMs`. */
  restartMs: 200,
  restarts: 5,
  restartWindowMs: 60_000,
  slowRestartMs: 60_000,
  /** One that answers none of so many signs of life, for so long, is ended and started again. */
  unanswered: 5,
  unansweredMs: 5000,
  /** What waits to be read by it. */
  backlogBytes: 65_536,
  /** How long it may take to end when it is not needed any more. */
  endMs: 2000,
  /** Removing an address that the kernel does not give up is tried again so often, this far apart. */
  removals: 100,
  removalPauseMs: 100,
  /** One line of the daemon. Longer ones are no lines of it. */
  lineBytes: 1024,
} as const;
