// Runs one kind of init script as a resource: arguments first, the action last.
import {
  endingOf,
  quotedWords,
  runAgentProgram,
  type Logger,
  type OperationResult,
  type Processes,
  type ProcessResult,
  type ProgramRun,
  type ResourceAgent,
  type ResourceSpec,
} from "@systole/sdk";
import { locateScript } from "./locate-script.js";
import type { StatusRule } from "./status-rule.js";

type Action = "start" | "stop" | "status";

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

  async #run(resource: ResourceSpec, action: Action, signal: AbortSignal): Promise<ProgramRun> {
    const script = await locateScript(this.#directory, resource.args[0]);
    if (!script.found) {
      return { ran: false, answer: { ok: false, kind: "not-here", reason: script.problem } };
    }
    const args = [...resource.args.slice(1), action];
    const run = await runAgentProgram(
      this.#processes,
      { command: script.path, args, env: this.#environment },
      signal,
    );
    const outcome = run.ran ? endingOf(run.result) : run.answer.reason;
    this.#log.debug("script.ran", { script: script.path, action, outcome });
    return run;
  }
}

function complaint(resource: ResourceSpec, action: Action, result: ProcessResult): string {
  return `${[...resource.args, action].join(" ")} ${endingOf(result)}${quotedWords(result)}`;
}
