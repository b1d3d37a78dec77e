// Runs what the engine asks of resource agents, in order and each with its deadline, and always brings an answer back.
import {
  SystoleError,
  type Clock,
  type OperationResult,
  type ResourceAction,
  type ResourceAgent,
  type ResourceSpec,
} from "../ports/index.js";
import { ResourceQueue } from "./resource-queue.js";

interface Target {
  readonly spec: ResourceSpec;
  readonly agent: ResourceAgent;
}

export interface OperationsInit {
  readonly clock: Clock;
  /** By resource name. */
  readonly resources: ReadonlyMap<string, Target>;
  readonly report: (id: number, result: OperationResult) => void;
}

export class Operations {
  private readonly controllers = new Map<number, AbortController>();
  private readonly queues = new Map<string, ResourceQueue>();

  constructor(private readonly init: OperationsInit) {}

  run(id: number, resource: string, action: ResourceAction, timeoutMs: number): void {
    void this.runAndReport(id, resource, action, timeoutMs);
  }

  /** Ends an operation early; its answer is still reported, and what was asked for next waits until it has ended. */
  cancel(id: number): void {
    this.controllers.get(id)?.abort(new Error("no longer wanted"));
  }

  /**
   * One operation outside the engine's order: used to let go when the engine is not to be trusted any more. Everything
   * that it had asked for of this resource is cancelled first.
   */
  execute(resource: string, action: ResourceAction, timeoutMs: number): Promise<OperationResult> {
    this.queues.get(resource)?.cancelAll(new Error(`gave way to a ${action}`));
    return this.enqueue(resource, action, timeoutMs, new AbortController());
  }

  private async runAndReport(
    id: number,
    resource: string,
    action: ResourceAction,
    timeoutMs: number,
  ): Promise<void> {
    const controller = new AbortController();
    this.controllers.set(id, controller);
    const result = await this.enqueue(resource, action, timeoutMs, controller);
    this.controllers.delete(id);
    this.init.report(id, result);
  }

  private enqueue(
    resource: string,
    action: ResourceAction,
    timeoutMs: number,
    controller: AbortController,
  ): Promise<OperationResult> {
    const target = this.init.resources.get(resource);
    if (target === undefined)
      return Promise.resolve({ ok: false, kind: "error", reason: `no such resource: ${resource}` });
    const perform = (signal: AbortSignal) => performed(target, action, signal);
    return this.queueOf(resource).run({ action, timeoutMs, controller, perform });
  }

  private queueOf(resource: string): ResourceQueue {
    const queue = this.queues.get(resource) ?? new ResourceQueue(resource, this.init.clock);
    this.queues.set(resource, queue);
    return queue;
  }
}

/** What an agent throws is an answer too. */
async function performed(
  { agent, spec }: Target,
  action: ResourceAction,
  signal: AbortSignal,
): Promise<OperationResult> {
  try {
    return await perform(agent, spec, action, signal);
  } catch (error) {
    return { ok: false, kind: "error", reason: reasonOf(error) };
  }
}

async function perform(
  agent: ResourceAgent,
  spec: ResourceSpec,
  action: ResourceAction,
  signal: AbortSignal,
): Promise<OperationResult> {
  switch (action) {
    case "start":
      return agent.start(spec, signal);
    case "stop":
      return agent.stop(spec, signal);
    case "status":
      return agent.status(spec, signal);
    case "announce":
      // An agent without a place in other machines' tables has nothing to announce.
      return agent.announce?.(spec, signal) ?? { ok: true, state: "running" };
    case "warm":
      return agent.warm?.(spec, signal) ?? { ok: true, state: "stopped" };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof SystoleError) return `${error.message} (${error.code})`;
  return error instanceof Error ? error.message : String(error);
}
