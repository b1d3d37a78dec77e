// Runs any agent of OCF as a resource: `agent action`, parameters in the environment, the answer in the exit code.
import { mkdir } from "node:fs/promises";
import {
  runAgentProgram,
  type Logger,
  type OperationResult,
  type Processes,
  type ProcessResult,
  type ResourceAgent,
  type ResourceSpec,
} from "@systole/sdk";
import { OcfCatalogue } from "./catalogue.js";
import type { OcfConfig } from "./config.js";
import { ocfEnvironment, type OcfAction } from "./environment.js";
import { answerToMonitor, answerToStart, answerToStop, complaint, exitReason } from "./exit-codes.js";
import { MONITOR_INTERVAL_MS } from "./limits.js";
import { locateAgent } from "./locate-agent.js";
import { parameterProblems } from "./parameter-problems.js";

type Run =
  | { readonly ran: true; readonly result: ProcessResult; readonly reason: string }
  | { readonly ran: false; readonly answer: Extract<OperationResult, { readonly ok: false }> };

/**
 * `args` of a resource are provider and type, `parameters` what the agent is told. A start does what the agent says and
 * no more: that `monitor` agrees afterwards is the recurring status' business. An agent that only promotion makes
 * useful is refused as `not-here`.
 */
export class OcfAgent implements ResourceAgent {
  readonly supports = { announce: false };
  readonly #config: OcfConfig;
  readonly #processes: Processes;
  readonly #log: Logger;
  readonly #catalogue: OcfCatalogue;
  /** Resources that were started here: their agents are told that a monitor recurs. */
  readonly #started = new Set<string>();

  constructor(config: OcfConfig, processes: Processes, log: Logger) {
    this.#config = config;
    this.#processes = processes;
    this.#log = log;
    this.#catalogue = new OcfCatalogue(config, processes);
  }

  async start(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    const description = await this.#catalogue.describe(resource.args, signal);
    const refusal = description.ok ? description.description.refusal : undefined;
    if (refusal !== undefined) return { ok: false, kind: "not-here", reason: refusal };
    const run = await this.#run(resource, "start", this.#config.timeoutMs.start, signal);
    if (!run.ran) return run.answer;
    const answer = answerToStart(run.result, run.reason);
    if (answer.ok) this.#started.add(resource.name);
    return answer;
  }

  async stop(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    const run = await this.#run(resource, "stop", this.#config.timeoutMs.stop, signal);
    if (!run.ran) return run.answer;
    const answer = answerToStop(run.result, run.reason, this.#started.has(resource.name));
    if (answer.ok) this.#started.delete(resource.name);
    return answer;
  }

  async status(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    const startedHere = this.#started.has(resource.name);
    const run = await this.#run(resource, "monitor", this.#config.timeoutMs.status, signal);
    if (!run.ran) return run.answer;
    const answer = answerToMonitor(run.result, run.reason, startedHere);
    if (answer.ok && (answer.state === "failed" || run.result.exitCode === 190))
      this.#log.warn("ocf.monitor-complains", { resource: resource.name, reason: run.reason });
    // Asked for now, when nobody waits for a service: the first start must not be the slow one.
    if (!startedHere) await this.#catalogue.describe(resource.args, signal);
    return answer;
  }

  async validate(resource: ResourceSpec, signal: AbortSignal): Promise<readonly string[]> {
    const lookup = await this.#catalogue.describe(resource.args, signal);
    if (!lookup.ok) return [lookup.reason];
    const { refusal } = lookup.description;
    const problems = [...parameterProblems(resource, lookup.description)];
    if (refusal !== undefined) problems.push(refusal);
    const run = await this.#run(resource, "validate-all", this.#config.timeoutMs.status, signal);
    if (!run.ran) return [...problems, run.answer.reason];
    // 3: it has no opinion.
    const good = run.result.exitCode === 0 || run.result.exitCode === 3;
    return good ? problems : [...problems, run.reason];
  }

  async #run(
    resource: ResourceSpec,
    action: OcfAction,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<Run> {
    const located = await locateAgent(this.#config.root, resource.args);
    if (!located.found) {
      return { ran: false, answer: { ok: false, kind: "not-here", reason: located.problem } };
    }
    const { file } = located;
    const recurs = action === "monitor" && this.#started.has(resource.name);
    const operation = { action, timeoutMs, intervalMs: recurs ? MONITOR_INTERVAL_MS : 0 };
    const env = ocfEnvironment(this.#config, file, resource, operation);
    await this.#prepare();
    const run = await runAgentProgram(this.#processes, { command: file.path, args: [action], env }, signal);
    const agent = `ocf:${file.provider}:${file.type}`;
    if (!run.ran) return run;
    const { result } = run;
    this.#log.debug("ocf.ran", { agent, action, exitCode: result.exitCode, said: exitReason(result) });
    return { ran: true, result, reason: complaint(agent, action, result) };
  }

  /** systemd makes it at boot on some systems and nobody does on others; agents take it for granted. */
  async #prepare(): Promise<void> {
    try {
      await mkdir(this.#config.temporaryDirectory, { recursive: true, mode: 0o1755 });
    } catch (cause) {
      this.#log.warn("ocf.no-temporary-directory", {
        path: this.#config.temporaryDirectory,
        reason: String(cause),
      });
    }
  }
}
