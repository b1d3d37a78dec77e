// An agent whose work a function does. A start or a stop counts when the function's status says so, not when its call was
// answered; and what may still be under way is waited for before something else is begun.
import {
  type Clock,
  type Logger,
  type OperationOptions,
  type OperationResult,
  type ResourceAgent,
  type ResourceSpec,
  type ResourceState,
  type StopOptions,
  timeLimit,
} from "@systole/sdk";
import {
  asOperationResult,
  asProblems,
  WORKING_SHARE,
  type AgentCall,
  type Asked,
  type FunctionClient,
} from "@systole/sdk/functions";
import { pause } from "@systole/sdk/http";
import type { AgentConfig } from "./config.js";
import { FIRST_LOOK_PAUSE_MS, LEAST_LOOK_MS, LONGEST_LOOK_PAUSE_MS, SETTLE_MARGIN_MS } from "./limits.js";
import { UnsettledWork } from "./unsettled-work.js";

const GIVEN_UP: OperationResult = { ok: false, kind: "timeout", reason: "given up before it began" };

type Work = "start" | "stop";
const WANTED: Readonly<Record<Work, ResourceState>> = { start: "running", stop: "stopped" };

export class FunctionAgent implements ResourceAgent {
  readonly supports = { announce: false };
  readonly #unsettled = new UnsettledWork();

  constructor(
    private readonly client: FunctionClient,
    private readonly settings: AgentConfig,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  start(
    resource: ResourceSpec,
    signal: AbortSignal,
    options: OperationOptions = {},
  ): Promise<OperationResult> {
    return this.#work("start", resource, signal, options);
  }

  stop(resource: ResourceSpec, signal: AbortSignal, options: StopOptions = {}): Promise<OperationResult> {
    return this.#work("stop", resource, signal, options);
  }

  async status(
    resource: ResourceSpec,
    signal: AbortSignal,
    options: OperationOptions = {},
  ): Promise<OperationResult> {
    if (signal.aborted) return GIVEN_UP;
    const endMs = this.#endMs(options);
    let pauseMs = FIRST_LOOK_PAUSE_MS;
    for (;;) {
      const asked = await this.#ask("status", resource, options, endMs, signal);
      if (asked.ok) return asked.answer;
      if (!asked.isUnknown || !(await this.#pause(pauseMs, endMs, signal))) return failureOf(asked, signal);
      pauseMs = Math.min(2 * pauseMs, LONGEST_LOOK_PAUSE_MS);
    }
  }

  /** That the function cannot be asked is a problem like others. */
  async validate(resource: ResourceSpec, signal: AbortSignal): Promise<readonly string[]> {
    if (signal.aborted) return [];
    const call = { port: "resource-agent", operation: "validate", resource, ...this.#name() } as const;
    const asked = await this.client.ask(call, this.settings.withinMs, asProblems, signal);
    return asked.ok ? asked.answer.problems : [`the function cannot be asked: ${asked.reason}`];
  }

  async #work(
    work: Work,
    resource: ResourceSpec,
    signal: AbortSignal,
    options: StopOptions,
  ): Promise<OperationResult> {
    if (signal.aborted) return GIVEN_UP;
    const endMs = this.#endMs(options);
    if (!(await this.#settled(work, resource, signal)))
      return { ok: false, kind: "timeout", reason: "an earlier start or stop may still be under way" };
    // The rest of the time is for looking what has become of it.
    const workEndMs = this.clock.nowMs() + WORKING_SHARE * (endMs - this.clock.nowMs());
    this.#unsettled.add(resource.name, workEndMs + SETTLE_MARGIN_MS);
    const asked = await this.#ask(work, resource, options, workEndMs, signal);
    if (asked.ok || !asked.isUnknown) this.#unsettled.settle(resource.name);
    if (!asked.ok && !asked.isUnknown) return failureOf(asked, signal);
    if (asked.ok && !asked.answer.ok && asked.answer.kind !== "timeout") return asked.answer;
    if (!asked.ok || !asked.answer.ok)
      this.log.warn("function.outcome-unknown", { resource: resource.name, work, reason: reasonOf(asked) });
    return this.#seen(work, resource, { ...options, withinMs: endMs - this.clock.nowMs() }, signal);
  }

  /** Looks until it is so, or the time is over. */
  async #seen(
    work: Work,
    resource: ResourceSpec,
    options: OperationOptions,
    signal: AbortSignal,
  ): Promise<OperationResult> {
    const endMs = this.#endMs(options);
    let pauseMs = FIRST_LOOK_PAUSE_MS;
    for (;;) {
      const looked = await this.status(resource, signal, {
        ...options,
        withinMs: Math.max(1, endMs - this.clock.nowMs()),
      });
      if (looked.ok && looked.state === WANTED[work]) return looked;
      if (!looked.ok && looked.kind === "error") return unseen(work, looked);
      if (!(await this.#pause(pauseMs, endMs, signal))) return unseen(work, looked);
      pauseMs = Math.min(2 * pauseMs, LONGEST_LOOK_PAUSE_MS);
    }
  }

  /** Until the next look, which comes sooner towards the end. False: there is no time for another. */
  async #pause(forMs: number, endMs: number, signal: AbortSignal): Promise<boolean> {
    const leftMs = endMs - this.clock.nowMs();
    if (signal.aborted || leftMs < LEAST_LOOK_MS) return false;
    await pause(this.clock, Math.min(forMs, leftMs / 2), signal);
    return !signal.aborted;
  }

  /** False when it was given up before. */
  async #settled(work: Work, { name }: ResourceSpec, signal: AbortSignal): Promise<boolean> {
    const waitMs = this.#unsettled.leftMs(name, this.clock.nowMs());
    if (waitMs > 0) {
      this.log.info("function.waits-for-earlier", { resource: name, work, waitMs: Math.ceil(waitMs) });
      await pause(this.clock, waitMs, signal);
    }
    return !signal.aborted;
  }

  #ask(
    operation: Work | "status",
    resource: ResourceSpec,
    { node, urgent }: StopOptions,
    endMs: number,
    signal: AbortSignal,
  ): Promise<Asked<OperationResult>> {
    const call: Omit<AgentCall, "untilMs"> = {
      port: "resource-agent",
      operation,
      resource,
      ...this.#name(),
      ...(node !== undefined && { node }),
      ...(urgent === true && { urgent }),
    };
    const leftMs = Math.max(1, Math.ceil(endMs - this.clock.nowMs()));
    const bounded = timeLimit(leftMs, signal);
    return this.client.ask(call, leftMs, asOperationResult, bounded);
  }

  #name(): { readonly name?: string } {
    return this.settings.agent === undefined ? {} : { name: this.settings.agent };
  }

  #endMs({ withinMs = this.settings.withinMs }: OperationOptions): number {
    return this.clock.nowMs() + withinMs;
  }
}

type Failure = Extract<Asked<never>, { readonly ok: false }>;

function failureOf({ isUnknown, reason }: Failure, signal: AbortSignal): OperationResult {
  return { ok: false, kind: isUnknown || signal.aborted ? "timeout" : "error", reason };
}

function reasonOf(asked: Asked<OperationResult>): string {
  if (!asked.ok) return asked.reason;
  return asked.answer.reason ?? "";
}

function unseen(work: Work, looked: OperationResult): OperationResult {
  const after = `after the ${work}`;
  if (!looked.ok) return { ...looked, reason: `what was done is not known: ${looked.reason}` };
  const why = looked.reason === undefined ? "" : `: ${looked.reason}`;
  return { ok: false, kind: "timeout", reason: `the function's status says ${looked.state} ${after}${why}` };
}
