// What the exit code of an agent of OCF means here. The one table; the page docs/agents.md repeats it for people.
import { endingOf, lastWords, type OperationResult, type ProcessResult } from "@systole/sdk";
import type { OcfAction } from "./environment.js";

interface Meaning {
  /** How a start that ends so has failed. */
  readonly kind: "error" | "not-here" | "timeout";
  readonly words: string;
}

/** 0 to 9 are the specification's, 189 to 199 Pacemaker's. What is not listed is a failure. */
const MEANINGS: ReadonlyMap<number, Meaning> = new Map([
  [1, { kind: "error", words: "failed" }],
  [2, { kind: "not-here", words: "a parameter is wrong for this node" }],
  [3, { kind: "error", words: "the agent has no such action" }],
  [4, { kind: "not-here", words: "not permitted" }],
  [5, { kind: "not-here", words: "something is not installed here" }],
  [6, { kind: "not-here", words: "the resource is configured wrongly" }],
  [7, { kind: "error", words: "not running" }],
  [8, { kind: "error", words: "running as promoted, which nobody here asked for" }],
  [9, { kind: "error", words: "failed as promoted" }],
  [189, { kind: "error", words: "the connection to the agent broke" }],
  [190, { kind: "error", words: "running, but degraded" }],
  [191, { kind: "error", words: "running as promoted, but degraded" }],
  [192, { kind: "error", words: "the agent could not be executed" }],
  [193, { kind: "error", words: "the outcome is unknown" }],
  [194, { kind: "error", words: "ended by a signal" }],
  [195, { kind: "not-here", words: "not supported here" }],
  [196, { kind: "error", words: "still pending" }],
  [197, { kind: "error", words: "cancelled" }],
  [198, { kind: "timeout", words: "timed out within the agent" }],
  [199, { kind: "error", words: "failed" }],
]);

const REASON_PREFIX = "ocf-exit-reason:";
const MAX_REASON_CHARACTERS = 1000;

/** The agent's own reason, the last `ocf-exit-reason:` of stderr; without one the last lines that it said. */
export function exitReason(result: Pick<ProcessResult, "stdout" | "stderr">): string {
  const reasons = result.stderr.split("\n").filter((line) => line.startsWith(REASON_PREFIX));
  const reason = reasons.at(-1)?.slice(REASON_PREFIX.length).trim();
  return reason ? reason.slice(0, MAX_REASON_CHARACTERS) : lastWords(result);
}

/** `ocf:heartbeat:IPaddr2 start: not permitted (exited with 4): You must be root`. */
export function complaint(agent: string, action: OcfAction, result: ProcessResult): string {
  const meaning = result.exitCode === null ? undefined : MEANINGS.get(result.exitCode);
  const ending = meaning === undefined ? endingOf(result) : `${meaning.words} (${endingOf(result)})`;
  const reason = exitReason(result);
  return `${agent} ${action}: ${ending}${reason === "" ? "" : `: ${reason}`}`;
}

function failure(kind: Meaning["kind"], reason: string): OperationResult {
  return { ok: false, kind, reason };
}

function kindOf({ exitCode }: ProcessResult): Meaning["kind"] {
  return (exitCode === null ? undefined : MEANINGS.get(exitCode))?.kind ?? "error";
}

export function answerToStart(result: ProcessResult, reason: string): OperationResult {
  return result.exitCode === 0 ? { ok: true, state: "running" } : failure(kindOf(result), reason);
}

/**
 * "Not running" is what a stop is for. "Not installed" is as good where nobody here has started it. Any other failure
 * of a stop leaves it open whether something still runs, whatever `monitor` would say.
 */
export function answerToStop(result: ProcessResult, reason: string, startedHere: boolean): OperationResult {
  const { exitCode } = result;
  if (exitCode === 0 || exitCode === 7 || (exitCode === 5 && !startedHere))
    return { ok: true, state: "stopped" };
  return failure(kindOf(result) === "timeout" ? "timeout" : "error", reason);
}

/** Where nobody here has started it, "not installed" means that none of it is here. */
export function answerToMonitor(
  result: ProcessResult,
  reason: string,
  startedHere: boolean,
): OperationResult {
  switch (result.exitCode) {
    case 0:
    case 190:
      return { ok: true, state: "running" };
    case 7:
      return { ok: true, state: "stopped" };
    case 5:
      return startedHere ? failure("not-here", reason) : { ok: true, state: "stopped" };
    case 3:
      return failure("error", reason);
    default: {
      const kind = kindOf(result);
      return kind === "error" ? { ok: true, state: "failed" } : failure(kind, reason);
    }
  }
}
