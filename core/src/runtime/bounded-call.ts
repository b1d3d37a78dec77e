// A call into a plugin that may hang: it is given a signal and a deadline, and what becomes of it is data.
import type { Clock } from "../ports/index.js";

/** What the call did by itself; `hung` when it did not end, not even after its signal aborted. */
export type Ending =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "hung" };

export type CallOutcome =
  | Exclude<Ending, { readonly kind: "hung" }>
  /** The deadline passed, or the caller's own signal aborted; `ending` is what the call made of that. */
  | { readonly kind: "timeout" | "aborted"; readonly ending: Ending };

export interface CallBounds {
  readonly deadlineMs: number;
  /** How long an aborted call may take to release what it opened. */
  readonly releaseMs: number;
}

/** Waits for `call`, at most `deadlineMs`, and after that or after an abort at most `releaseMs`. Never rejects. */
export async function boundedCall(
  clock: Clock,
  bounds: CallBounds,
  outer: AbortSignal,
  call: (signal: AbortSignal) => Promise<void>,
): Promise<CallOutcome> {
  const deadline = new AbortController();
  const signal = AbortSignal.any([outer, deadline.signal]);
  const cancelDeadline = clock.wakeAt(clock.nowMs() + bounds.deadlineMs, () =>
    deadline.abort(new Error(`deadline of ${bounds.deadlineMs} ms passed`)),
  );
  const running = settle(call, signal);
  const first = await Promise.race([running, aborted(signal)]);
  cancelDeadline();
  if (first !== "aborted") return first;
  const ending = await endingWithin(clock, bounds.releaseMs, running);
  return { kind: deadline.signal.aborted ? "timeout" : "aborted", ending };
}

async function settle(
  call: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<Exclude<Ending, { readonly kind: "hung" }>> {
  try {
    await call(signal);
    return { kind: "done" };
  } catch (error) {
    return { kind: "failed", error };
  }
}

/** Resolves when it aborts. */
export function aborted(signal: AbortSignal): Promise<"aborted"> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve("aborted");
    else signal.addEventListener("abort", () => resolve("aborted"), { once: true });
  });
}

async function endingWithin(clock: Clock, releaseMs: number, running: Promise<Ending>): Promise<Ending> {
  let cancel = (): void => undefined;
  const patienceEnds = new Promise<Ending>((resolve) => {
    cancel = clock.wakeAt(clock.nowMs() + releaseMs, () => resolve({ kind: "hung" }));
  });
  const ending = await Promise.race([running, patienceEnds]);
  cancel();
  return ending;
}
