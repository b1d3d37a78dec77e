// Runs one kind of init script as a resource: arguments first, the action last.
import {
  SystoleError,
  type Logger,
  type OperationResult,
  type Processes,
  type ProcessResult,
  type ResourceAgent,
  type ResourceSpec,
} from "@systole/sdk";
import { locateScript } from "./locate-script.js";
import type { StatusRule } from "./status-rule.js";

/** The caller's signal ends an operation; this only bounds one whose caller forgot to. */
const LONGEST_RUN_MS = 3_600_000;
const LAST_LINES = 5;
const MAX_REASON_CHARACTERS = 1000;

type Action = "start" | "stop" | "status";
type Run =
  | { readonly ran: true; readonly result: ProcessResult }
  | { readonly ran: false; readonly answer: OperationResult };

/**
 * The agent of one directory of scripts. `args[0]` of a resource is the script's name, the rest its arguments:
 * `script arg1 ... argN action`. A start is skipped when `status` says running. A stop always runs, and has failed only
 * when it exits non-zero and `status` does not say stopped; repeating it is the policy's business.
 */
export class ScriptAgent implements ResourceAgent {
  readonly supports = { announce: false };
  readonly #directory: string;
  readonly #stateOf: StatusRule;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #processes: Processes;
  readonly #log: Logger;

  constructor(
    directory: string,
    stateOf: StatusRule,
    environment: Readonly<Record<string, string>>,
    processes: Processes,
    log: Logger,
  ) {
    this.#directory = directory;
    this.#stateOf = stateOf;
    this.#environment = environment;
    this.#processes = processes;
    this.#log = log;
  }

  async start(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    const before = await this.status(resource, signal);
    if (!before.ok || before.state === "running") return before;
    const start = await this.#run(resource, "start", signal);
    if (!start.ran) return start.answer;
    if (start.result.exitCode === 0) return { ok: true, state: "running" };
    return { ok: false, kind: "error", reason: complaint(resource, "start", start.result) };
  }

  async stop(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    const stop = await this.#run(resource, "stop", signal);
    if (!stop.ran) return stop.answer;
    if (stop.result.exitCode === 0) return { ok: true, state: "stopped" };
    const reason = complaint(resource, "stop", stop.result);
    const after = await this.status(resource, signal);
    if (after.ok && after.state === "stopped") {
      this.#log.warn("script.stop-complained", { resource: resource.name, reason });
      return after;
    }
    if (!after.ok && after.kind === "timeout") return after;
    return { ok: false, kind: "error", reason };
  }

  async status(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    const status = await this.#run(resource, "status", signal);
    if (!status.ran) return status.answer;
    const { stdout, stderr, exitCode } = status.result;
    return { ok: true, state: this.#stateOf(`${stdout}\n${stderr}`, exitCode) };
  }

  async validate(resource: ResourceSpec, _signal: AbortSignal): Promise<readonly string[]> {
    const script = await locateScript(this.#directory, resource.args[0]);
    return script.found ? [] : [script.problem];
  }

  async #run(resource: ResourceSpec, action: Action, signal: AbortSignal): Promise<Run> {
    const script = await locateScript(this.#directory, resource.args[0]);
    if (!script.found) {
      return { ran: false, answer: { ok: false, kind: "not-here", reason: script.problem } };
    }
    let result: ProcessResult;
    try {
      result = await this.#processes.run(
        {
          command: script.path,
          args: [...resource.args.slice(1), action],
          env: this.#environment,
          timeoutMs: LONGEST_RUN_MS,
        },
        signal,
      );
    } catch (cause) {
      return { ran: false, answer: notStarted(cause) };
    }
    const { exitCode, elapsedMs, timedOut } = result;
    this.#log.debug("script.ran", { script: script.path, action, exitCode, elapsedMs, timedOut });
    if (!timedOut) return { ran: true, result };
    const reason = `${script.path} ${action} was ended after ${Math.round(elapsedMs)} ms${quoted(result)}`;
    return { ran: false, answer: { ok: false, kind: "timeout", reason } };
  }
}

/** A script that cannot be started is a fault of this node, unless trying again may help. */
function notStarted(cause: unknown): OperationResult {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const lacking = cause instanceof SystoleError && cause.code === "PROCESS_SPAWN_FAILED" && !cause.retryable;
  return { ok: false, kind: lacking ? "not-here" : "error", reason };
}

function complaint(resource: ResourceSpec, action: Action, result: ProcessResult): string {
  const end = result.exitCode === null ? `was ended by ${result.signal}` : `exited with ${result.exitCode}`;
  return `${[...resource.args, action].join(" ")} ${end}${quoted(result)}`;
}

/** The last lines that the script said, stderr last, since that is where the cause stands. */
function quoted({ stdout, stderr }: ProcessResult): string {
  const lines = `${stdout}\n${stderr}`.split("\n").map((line) => line.trim());
  const last = lines.filter((line) => line !== "").slice(-LAST_LINES);
  return last.length === 0 ? "" : `: ${last.join(" | ").slice(-MAX_REASON_CHARACTERS)}`;
}
