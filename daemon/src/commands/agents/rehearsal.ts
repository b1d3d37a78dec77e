// The rehearsal of an agent: what is asked of it, in which order, and what it has to answer each time.
import { timeLimit } from "@systole/sdk";
import type { Clock, OperationResult, ResourceAgent, ResourceSpec, ResourceState } from "@systole/core/ports";

type Verb = "start" | "stop" | "status";

export interface Step {
  /** E.g. `start`, `status`; the second of its kind in a row is one that must change nothing. */
  readonly name: string;
  readonly verb: Verb;
  readonly expected: ResourceState;
}

export interface StepOutcome extends Step {
  readonly kept: boolean;
  /** What it answered instead, or ""; with the agent's own reason. */
  readonly reason: string;
  readonly elapsedMs: number;
}

const step = (name: string, verb: Verb, expected: ResourceState): Step => ({ name, verb, expected });

const BEGINNING: readonly Step[] = [
  step("start", "start", "running"),
  step("status", "status", "running"),
  step("start again", "start", "running"),
  step("status", "status", "running"),
];
/** Run in any case: nothing of a rehearsal stays. */
const END: readonly Step[] = [
  step("stop", "stop", "stopped"),
  step("status", "status", "stopped"),
  step("stop again", "stop", "stopped"),
  step("status", "status", "stopped"),
];

export interface Rehearsed {
  readonly agent: ResourceAgent;
  readonly resource: ResourceSpec;
  readonly clock: Clock;
  /** For each step. */
  readonly timeoutMs: number;
}

export type Rehearsal =
  /** It was not begun: the resource is not stopped, or its state is not known. */
  | { readonly begun: false; readonly reason: string }
  | { readonly begun: true; readonly steps: readonly StepOutcome[] };

/**
 * Starts and stops the resource for real. What is not stopped before is not touched. After a step that fails on the way
 * up, or when `signal` aborts, the rest of the way up is left out; the stops are always done.
 */
export async function rehearse(
  rehearsed: Rehearsed,
  signal: AbortSignal,
  seen: (outcome: StepOutcome) => void,
): Promise<Rehearsal> {
  const before = await take(rehearsed, step("status", "status", "stopped"), signal);
  if (!before.kept) return { begun: false, reason: before.reason };
  const steps = [before];
  seen(before);
  for (const next of BEGINNING) {
    if (signal.aborted || !steps.every(({ kept }) => kept)) break;
    steps.push(await take(rehearsed, next, signal));
    seen(steps[steps.length - 1] ?? before);
  }
  for (const next of END) {
    steps.push(await take(rehearsed, next, new AbortController().signal));
    seen(steps[steps.length - 1] ?? before);
  }
  return { begun: true, steps };
}

async function take(rehearsed: Rehearsed, next: Step, signal: AbortSignal): Promise<StepOutcome> {
  const { agent, resource, clock, timeoutMs } = rehearsed;
  const begunMs = clock.nowMs();
  const bounded = timeLimit(timeoutMs, signal);
  let result: OperationResult;
  try {
    result = await agent[next.verb](resource, bounded);
  } catch (cause) {
    result = { ok: false, kind: "error", reason: `it threw: ${String(cause)}` };
  }
  const kept = result.ok && result.state === next.expected;
  return { ...next, kept, reason: kept ? "" : inWords(result), elapsedMs: clock.nowMs() - begunMs };
}

function inWords(result: OperationResult): string {
  return result.ok ? `it says ${result.state}` : `${result.kind}: ${result.reason}`;
}
