// Runs an act and judges it: who answers afterwards, who has the address, and how long users were without answers.
import type { Act } from "./acts.js";
import { namesOf } from "./answers.js";
import { NODE_NAMES, type NodeName } from "./cluster-files.js";
import type { Lab } from "./lab.js";
import { LabError, monotonicMs, waitFor } from "./wait.js";

export interface ActOptions {
  /** How long the cluster may take. */
  readonly timeoutMs?: number;
  /** How long everything must be as expected before we believe it. */
  readonly settleMs?: number;
  /** Gives up: `runAct` rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface ActResult {
  readonly id: string;
  readonly title: string;
  readonly ok: boolean;
  /** Why it is not ok. */
  readonly reason?: string;
  readonly expected: NodeName;
  /** In the order of their first answers. */
  readonly answeredBy: readonly string[];
  /** See `longestGapMs`; in a cold start the time to the first answer. */
  readonly longestGapMs: number;
  /** From the act until everything was as it stayed. */
  readonly settledAfterMs: number;
  /** How long both nodes had the address, reachable or not. */
  readonly twoHoldersMs: number;
  readonly startMs: number;
  readonly endMs: number;
}

const TIMEOUT_MS = 20_000;
const SETTLE_MS = 800;

/** Performs `act`. What the cluster does wrong is in the result, not thrown. */
export async function runAct(lab: Lab, act: Act, options: ActOptions = {}): Promise<ActResult> {
  const settleMs = options.settleMs ?? SETTLE_MS;
  const startMs = monotonicMs();
  let reason: string | undefined;
  let expected: NodeName = "master";
  try {
    expected = act.expected(lab);
    await act.perform(lab);
    await settled(lab, expected, settleMs, options.timeoutMs ?? TIMEOUT_MS, options.signal);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    reason = error.message;
  }
  const endMs = monotonicMs();
  const answers = lab.answers.since(startMs);
  return {
    id: act.id,
    title: act.title,
    ok: reason === undefined,
    ...(reason === undefined ? {} : { reason }),
    expected,
    answeredBy: namesOf(answers),
    longestGapMs: Math.round(lab.answers.longestGap(startMs, endMs)),
    settledAfterMs: Math.max(0, Math.round(endMs - settleMs - startMs)),
    twoHoldersMs: Math.round(lab.holders.timeWith((count) => count > 1, startMs, endMs)),
    startMs,
    endMs,
  };
}

/** Resolves when, for `settleMs`, only `expected` has answered, to every request, and it alone has had the address. */
export async function settled(
  lab: Lab,
  expected: NodeName,
  settleMs: number,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const sinceMs = monotonicMs();
  let holdersRightSinceMs: number | undefined;
  await waitFor(
    `${expected} alone to have the address and to answer`,
    () => {
      const failed = NODE_NAMES.find((name) => lab.node(name).hasFailed());
      if (failed !== undefined) {
        throw new LabError(
          `the daemon of ${failed} ended by itself; its log ends with:\n${lab.node(failed).logTail()}`,
        );
      }
      const nowMs = monotonicMs();
      if (lab.reachableHolders().join() !== expected) holdersRightSinceMs = undefined;
      else holdersRightSinceMs ??= nowMs;
      if (holdersRightSinceMs === undefined || nowMs - holdersRightSinceMs < settleMs) return false;
      const recent = lab.answers.since(Math.max(sinceMs, nowMs - settleMs));
      return recent.length > 0 && recent.every((one) => one.answeredBy === expected);
    },
    { timeoutMs, signal, describe: () => situation(lab) },
  );
}

/** One line on who answers and who has the address. */
export function situation(lab: Lab): string {
  const recent = lab.answers.since(monotonicMs() - 500);
  const failures = [...new Set(recent.flatMap((one) => (one.failure === undefined ? [] : [one.failure])))];
  const answering = namesOf(recent).join(", ") || "nobody";
  const holders = lab.holders.now().join(", ") || "nobody";
  const why = failures.length === 0 ? "" : ` (failures: ${failures.join(", ")})`;
  return `in the last 500 ms ${answering} answered${why}; the address is on ${holders}`;
}
