// Ends nginx processes: politely, then firmly, then for certain, watching each one go.
import type { Clock } from "@systole/sdk";
import { descendantsOf, isAlive, type NginxProcess } from "./processes-of.js";

/** How long the kernel may take to remove what SIGKILL has hit. */
const VANISH_MS = 2000;
/** An idle nginx goes within 2 ms: look often. */
const POLL_MS = 1;

export type Ending =
  | { readonly kind: "gone" }
  | { readonly kind: "aborted" }
  | { readonly kind: "left"; readonly pids: readonly number[] };

interface Rung {
  readonly signal: NodeJS.Signals;
  readonly withinMs: number;
  /** Masters and orphans only: a master tells its workers itself. */
  readonly rootsOnly: boolean;
}

/**
 * Ends `roots` and all their children: SIGQUIT, which lets requests finish, `graceMs` later SIGTERM, and after the same time
 * again SIGKILL. With `graceMs` 0 only SIGKILL.
 */
export async function endProcesses(
  roots: readonly NginxProcess[],
  graceMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<Ending> {
  const polite: readonly Rung[] = [
    { signal: "SIGQUIT", withinMs: graceMs, rootsOnly: true },
    { signal: "SIGTERM", withinMs: graceMs, rootsOnly: false },
  ];
  const rungs: readonly Rung[] = [
    ...(graceMs > 0 ? polite : []),
    { signal: "SIGKILL", withinMs: VANISH_MS, rootsOnly: false },
  ];
  let left: readonly NginxProcess[] = roots;
  for (const rung of rungs) {
    if (signal.aborted) return { kind: "aborted" };
    left = distinct([...left, ...(await Promise.all(left.map(descendantsOf))).flat()]);
    for (const target of rung.rootsOnly ? roots : left) send(target, rung.signal);
    left = await survivors(left, rung.withinMs, clock, signal);
    if (left.length === 0) return { kind: "gone" };
  }
  return signal.aborted ? { kind: "aborted" } : { kind: "left", pids: left.map(({ pid }) => pid) };
}

/** Waits on the injected clock; an abort ends the wait. */
export function pause(delayMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      cancel();
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const cancel = clock.wakeAt(clock.nowMs() + delayMs, wake);
    if (signal.aborted) wake();
    else signal.addEventListener("abort", wake);
  });
}

/** Those that are left when all are gone, `withinMs` have passed or `signal` aborted. */
export async function survivors(
  targets: readonly NginxProcess[],
  withinMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly NginxProcess[]> {
  const until = clock.nowMs() + withinMs;
  for (;;) {
    const left = targets.filter(isAlive);
    if (left.length === 0 || signal.aborted || clock.nowMs() >= until) return left;
    await pause(POLL_MS, clock, signal);
  }
}

/** The process is looked at again first: its number may have gone to somebody else. */
function send(target: NginxProcess, signal: NodeJS.Signals): void {
  if (!isAlive(target)) return;
  try {
    process.kill(target.pid, signal);
  } catch {
    // It just went, or is not ours to signal; the wait that follows tells the two apart.
  }
}

function distinct(processes: readonly NginxProcess[]): readonly NginxProcess[] {
  return [...new Map(processes.map((process) => [process.pid, process])).values()];
}
