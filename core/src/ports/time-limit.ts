// A signal that aborts when time is over. Node 20 may collect a signal of `AbortSignal.timeout` that is only part of an
// `AbortSignal.any`, and whoever waits for that waits for ever; this one is held by its timer.

/** A timer that is set for longer goes off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Aborts after `limitMs` with a TimeoutError, or when one of `outer` does, with its reason. Keeps no process alive.
 * In place of `AbortSignal.timeout(limitMs)` and of `AbortSignal.any([outer, AbortSignal.timeout(limitMs)])`.
 */
export function timeLimit(limitMs: number, ...outer: readonly AbortSignal[]): AbortSignal {
  const limit = new AbortController();
  // A number where timers keep nothing alive anyway.
  const timer: { unref?(): unknown } = setTimeout(
    () => {
      limit.abort(new DOMException(`not done within ${limitMs} ms`, "TimeoutError"));
    },
    Math.min(limitMs, LONGEST_TIMER_MS),
  );
  timer.unref?.();
  return outer.length === 0 ? limit.signal : AbortSignal.any([...outer, limit.signal]);
}
