// One node that is to be fenced, from the moment when that is known until a fence is confirmed. Plain data, and what
// follows from it.
import type { FenceCaseView, FencingRules } from "../../ports/index.js";
import { LIMITS } from "../limits.js";

/**
 * `silent`: it died without a goodbye, and may still run something. `idle`: it died and ran nothing. `asked`: it asks for it itself, as something there is out of control.
 * `operator`: a person wants it.
 */
export type FenceCause = "silent" | "idle" | "asked" | "operator";

export interface FenceCase {
  readonly node: string;
  readonly cause: FenceCause;
  /** A sentence. */
  readonly why: string;
  readonly openedAtMs: number;
  /** The request that devices are working on. */
  requestId: number | undefined;
  notBeforeMs: number;
  failures: number;
  lastFailure: string | undefined;
  /** Living nodes that have tried and failed, this one included. */
  readonly failedBy: Set<string>;
  /** Requests of operators that wait for the outcome. */
  readonly waiting: number[];
  /** The node is heard again, and devices are at work: only their success still matters. */
  abandoned: boolean;
  /** Another node is to do it. */
  elsewhere: boolean;
}

export function openCase(
  { node, cause, why }: Pick<FenceCase, "node" | "cause" | "why">,
  nowMs: number,
  delayMs: number,
): FenceCase {
  return {
    node,
    cause,
    why,
    openedAtMs: nowMs,
    requestId: undefined,
    notBeforeMs: nowMs + delayMs,
    failures: 0,
    lastFailure: undefined,
    failedBy: new Set(),
    waiting: [],
    abandoned: false,
    elsewhere: false,
  };
}

/** Those that still matter. */
export function openCases(cases: ReadonlyMap<string, FenceCase>): readonly FenceCase[] {
  return [...cases.values()].filter(({ abandoned }) => !abandoned);
}

export function namesOf(cases: readonly FenceCase[]): ReadonlySet<string> {
  return new Set(cases.map(({ node }) => node));
}

/** How the devices are tried when nobody says otherwise: without delay and without end. */
export const DEFAULT_RULES: FencingRules = {
  delayMs: {},
  priorityDelayMs: 0,
  retryMs: LIMITS.fenceRetryMs,
  longestRetryMs: LIMITS.longestFenceRetryMs,
  attempts: 0,
};

/** Whether a new cause says more than the one that is known: a wish ends with an attempt, and an idle node blocks nothing. */
export function graver(cause: FenceCause, known: FenceCause): boolean {
  return (known === "operator" && cause !== "operator") || (known === "idle" && cause === "silent");
}

/** Pause after so many failures, the last included. */
export function pauseMs(failures: number, { retryMs, longestRetryMs }: FencingRules): number {
  const doublings = Math.min(Math.max(0, failures - 1), 30);
  return Math.min(longestRetryMs, retryMs * 2 ** doublings);
}

/** It was tried as often as the rules allow: a person must help. */
export function isGivenUp({ failures }: FenceCase, { attempts }: FencingRules): boolean {
  return attempts > 0 && failures >= attempts;
}

/** How many turns of other nodes are over. Counted by the moment of each, as `dueAtMs` does: a difference of times is rounded. */
export function turnsGone({ openedAtMs }: FenceCase, nowMs: number): number {
  const turns = Math.floor((nowMs - openedAtMs) / LIMITS.fenceTurnMs);
  return openedAtMs + (turns + 1) * LIMITS.fenceTurnMs <= nowMs ? turns + 1 : turns;
}

/** When something is to be done about it; `rests`: nothing, whatever the clock says. */
export function dueAtMs(open: FenceCase, rests: boolean, nowMs: number): number {
  if (rests || open.requestId !== undefined || open.abandoned) return Number.POSITIVE_INFINITY;
  if (!open.elsewhere) return open.notBeforeMs;
  return open.openedAtMs + (turnsGone(open, nowMs) + 1) * LIMITS.fenceTurnMs;
}

export function caseView(open: FenceCase, rules: FencingRules, nowMs: number): FenceCaseView {
  const phase = phaseOf(open, rules);
  const waits = phase === "delayed" || phase === "retrying";
  const nextInMs = waits ? Math.max(0, Math.round(open.notBeforeMs - nowMs)) : undefined;
  return {
    node: open.node,
    why: open.why,
    phase,
    waitsFor: waitsFor(open, phase, nextInMs ?? 0),
    failures: open.failures,
    ...(open.lastFailure !== undefined && { lastFailure: open.lastFailure }),
    ...(nextInMs !== undefined && { nextInMs }),
  };
}

function phaseOf(open: FenceCase, rules: FencingRules): FenceCaseView["phase"] {
  if (open.requestId !== undefined) return "under-way";
  if (isGivenUp(open, rules)) return "given-up";
  if (open.elsewhere) return "elsewhere";
  return open.failures === 0 ? "delayed" : "retrying";
}

function waitsFor(open: FenceCase, phase: FenceCaseView["phase"], nextInMs: number): string {
  const { node, failures, lastFailure } = open;
  const last = lastFailure === undefined ? "" : `; the last attempt failed: ${lastFailure}`;
  const when = nextInMs === 0 ? "now" : `in ${Math.ceil(nextInMs / 1000)} s`;
  switch (phase) {
    case "under-way":
      return `devices are at work on ${node}${last}`;
    case "delayed":
      return `the first attempt begins ${when}`;
    case "retrying":
      return `attempt ${failures + 1} begins ${when}${last}`;
    case "elsewhere":
      return `another node is to fence ${node}${last}`;
    case "given-up":
      return `a person: switch ${node} off and run \`systole fence confirm ${node} --yes\`, or \`systole fence ${node} --yes\` to try again${last}`;
  }
}
