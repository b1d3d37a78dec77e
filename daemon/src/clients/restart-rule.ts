// heartbeat's rule for programs that end: when they are started again, and when that is given up. Pure.

/** A run shorter than this is a short one. */
export const SHORT_RUN_MS = 30_000;
/** Pause before the next start after a short run. */
export const SHORT_RUN_PAUSE_MS = 1000;
/** More short runs in a row than this, and the program stays down. */
export const MAX_SHORT_RUNS = 10;
/** A program that exits with this wants to stay down. */
export const DONE_EXIT_CODE = 100;

/** How a program ended: by its exit code, or by a signal. */
export interface ClientExit {
  readonly code: number | null;
  readonly signal: string | null;
}

export type RestartVerdict =
  | { readonly kind: "restart"; readonly pauseMs: number; readonly shortRuns: number }
  | { readonly kind: "done" }
  | { readonly kind: "too-fast"; readonly shortRuns: number };

/** `shortRuns`: how many runs in a row were short before this one. */
export function judgeExit(exit: ClientExit, ranMs: number, shortRuns: number): RestartVerdict {
  if (exit.code === DONE_EXIT_CODE) return { kind: "done" };
  if (ranMs >= SHORT_RUN_MS) return { kind: "restart", pauseMs: 0, shortRuns: 0 };
  const now = shortRuns + 1;
  if (now > MAX_SHORT_RUNS) return { kind: "too-fast", shortRuns: now };
  return { kind: "restart", pauseMs: SHORT_RUN_PAUSE_MS, shortRuns: now };
}

/** Whether such an end of a `failfast` program is the end of the node. */
export function isFatal(exit: ClientExit): boolean {
  return exit.signal !== null || (exit.code !== 0 && exit.code !== DONE_EXIT_CODE);
}
