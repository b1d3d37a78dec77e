// What the host starts and stops. A part that opens nothing need not implement it.

/**
 * `start` resolves when the part works, `stop` when everything it opened is closed. The host starts parts in
 * dependency order and stops them in the reverse order, each with a deadline: when `signal` aborts, give up and
 * release what was opened so far. `stop` after a failed or a missing `start` must be harmless.
 */
export interface Startable {
  start(signal: AbortSignal): Promise<void>;
  stop(signal: AbortSignal): Promise<void>;
}
