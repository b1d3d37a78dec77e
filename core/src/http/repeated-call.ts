// A call that is repeated under its id until it is answered, or the caller gives up: done once, however often it is said.
import { type Clock, timeLimit } from "../ports/index.js";
import { attemptCall, type Attempt, type Call } from "./attempt-call.js";
import { FIRST_PAUSE_MS, LONGEST_PAUSE_MS, MAX_ATTEMPTS, MAX_FAILED_ATTEMPTS } from "./limits.js";
import { pause } from "./pause.js";

export interface RepeatedCallInit {
  /** Without id and date: one id for all attempts; another call, however soon, has another. */
  readonly call: Omit<Call, "id" | "dateMs" | "body"> & {
    /** A function is asked at each attempt: what the body says of time is counted from that attempt's date. */
    readonly body: string | ((dateMs: number) => string);
  };
  /** How far the function's clock was ahead of this node's when it answered last; default 0. */
  readonly aheadMs?: number;
  /** How long one attempt may take. */
  readonly attemptTimeoutMs: number;
  readonly clock: Clock;
  /** Told before each further attempt, with why. */
  readonly onRepeat?: (attempts: number, reason: string) => void;
}

/**
 * Of the call as a whole. `aheadMs`: how far the function's clock is ahead of this node's, at least. `timedOut`: whether it
 * was done is not known.
 */
export type CallResult =
  | { readonly kind: "answered" | "refused"; readonly body: string; readonly aheadMs: number }
  | { readonly kind: "failed"; readonly timedOut: boolean; readonly reason: string };

/** Never rejects. `signal` ends it; an attempt that is under way then counts as failed. */
export async function repeatCall(init: RepeatedCallInit, signal: AbortSignal): Promise<CallResult> {
  const { call, clock, attemptTimeoutMs } = init;
  const id = crypto.randomUUID();
  let aheadMs = init.aheadMs ?? 0;
  let failures = 0;
  let mayBeDone = false;
  let pauseMs = FIRST_PAUSE_MS;
  for (let attempts = 1; ; attempts += 1) {
    const bounded = timeLimit(attemptTimeoutMs, signal);
    const dateMs = clock.wallMs() + aheadMs;
    const body = typeof call.body === "string" ? call.body : call.body(dateMs);
    const attempt = await attemptCall({ ...call, id, dateMs, body }, bounded);
    if (attempt.kind === "answered" || attempt.kind === "refused")
      return { kind: attempt.kind, body: attempt.body, aheadMs: attempt.atMs - clock.wallMs() };
    if (attempt.kind === "failed" && !attempt.again)
      return { kind: "failed", timedOut: mayBeDone, reason: attempt.reason };
    if (attempt.kind !== "stale") mayBeDone = true;
    if (attempt.kind !== "under-way") failures += 1;
    const reason = reasonOf(attempt);
    if (signal.aborted || failures >= MAX_FAILED_ATTEMPTS || attempts >= MAX_ATTEMPTS)
      return { kind: "failed", timedOut: true, reason };
    // This node's wall clock is wrong, or the function's: what counts is that the call is fresh there.
    if (attempt.kind === "stale") aheadMs = attempt.atMs - clock.wallMs();
    init.onRepeat?.(attempts, reason);
    await pause(clock, pauseMs, signal);
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  }
}

function reasonOf(attempt: Attempt): string {
  if (attempt.kind === "failed") return attempt.reason;
  if (attempt.kind === "stale") return `its clock says ${new Date(attempt.atMs).toISOString()}`;
  return "the call is under way";
}
