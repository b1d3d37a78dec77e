// Agents that are programs (scripts, agents of OCF, systemctl) run them here, so that a deadline, an end by force and a
// program that is missing have one meaning in all of them.
import {
  SystoleError,
  type OperationResult,
  type Processes,
  type ProcessRequest,
  type ProcessResult,
} from "@systole/core/ports";

/** The operation's signal ends a program; this only bounds one whose caller gave a signal that never aborts. */
const LONGEST_RUN_MS = 3_600_000;
const LAST_LINES = 5;
const MAX_WORDS_CHARACTERS = 1000;

export type FailedOperation = Extract<OperationResult, { readonly ok: false }>;

/** A program to run for one operation of an agent; its deadline is the operation's signal. */
export type AgentProgram = Omit<ProcessRequest, "timeoutMs">;

/** `ran`: it ended by itself, with whatever code. Else `answer` is what the operation has to answer. */
export type ProgramRun =
  | { readonly ran: true; readonly result: ProcessResult }
  | { readonly ran: false; readonly answer: FailedOperation };

/**
 * Runs a program to its end. When `signal` aborts, its whole process group is ended and the answer is `timeout`, with
 * the program's last words: the outcome is unknown then, not failed. A program that cannot be started is `not-here`,
 * unless trying again may help. Never throws.
 */
export async function runAgentProgram(
  processes: Processes,
  program: AgentProgram,
  signal: AbortSignal,
): Promise<ProgramRun> {
  let result: ProcessResult;
  try {
    result = await processes.run({ ...program, timeoutMs: LONGEST_RUN_MS }, signal);
  } catch (cause) {
    return { ran: false, answer: programNotStarted(cause) };
  }
  if (!result.timedOut) return { ran: true, result };
  const line = [program.command, ...program.args].join(" ");
  const reason = `${line} was ended after ${Math.round(result.elapsedMs)} ms${quotedWords(result)}`;
  return { ran: false, answer: { ok: false, kind: "timeout", reason } };
}

/** What to answer when `Processes.run` threw: a fault of this node, unless trying again may help. */
export function programNotStarted(cause: unknown): FailedOperation {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const lacking = cause instanceof SystoleError && cause.code === "PROCESS_SPAWN_FAILED" && !cause.retryable;
  return { ok: false, kind: lacking ? "not-here" : "error", reason };
}

/** The last lines that a program said, stderr last, since that is where the cause stands. "" when it was silent. */
export function lastWords({ stdout, stderr }: Pick<ProcessResult, "stdout" | "stderr">): string {
  const lines = `${stdout}\n${stderr}`.split("\n").map((line) => line.trim());
  const last = lines.filter((line) => line !== "").slice(-LAST_LINES);
  return last.join(" | ").slice(-MAX_WORDS_CHARACTERS);
}

/** `: ` and the last words, or nothing. */
export function quotedWords(result: Pick<ProcessResult, "stdout" | "stderr">): string {
  const words = lastWords(result);
  return words === "" ? "" : `: ${words}`;
}

/** `exited with 3`, or `was ended by SIGSEGV`. */
export function endingOf({ exitCode, signal }: Pick<ProcessResult, "exitCode" | "signal">): string {
  return exitCode === null ? `was ended by ${signal}` : `exited with ${exitCode}`;
}
