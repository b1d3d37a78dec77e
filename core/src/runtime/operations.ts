// Runs what the engine asks of resource agents, in order and each with its deadline, and always brings an answer back.
import {
  SystoleError,
  type AgentOrder,
  type Clock,
  type EngineEvent,
  type OperationOptions,
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
  /** This node. */
  readonly node: string;
  /** By resource name. */
  readonly resources: ReadonlyMap<string, Target>;
  readonly report: (id: number, result: OperationResult) => void;
  /** A resource was started or stopped: `resource.started`, `resource.stopped`. Told before it is reported. */
  readonly done?: (event: EngineEvent) => void;
}

/** An operation that an agent has been asked for and has not answered yet. */
export interface OperationView {
  readonly resource: string;
  readonly action: ResourceAction;
  /** Since it was asked for. */
  readonly forMs: number;
  /** It is ended after so long, counted from its own begin. */
  readonly timeoutMs: number;
}

interface UnderWay {
  readonly order: AgentOrder;
  readonly controller: AbortController;
  readonly sinceMs: number;
}

export class Operations {
  private readonly underWay = new Map<number, UnderWay>();
  private readonly queues = new Map<string, ResourceQueue>();

  constructor(private readonly init: OperationsInit) {}

  run(id: number, order: AgentOrder): void {
    void this.runAndReport(id, order);
  }

  /** Ends an operation early; its answer is still reported, and what was asked for next waits until it has ended. */
  cancel(id: number): void {
    this.underWay.get(id)?.controller.abort(new Error("no longer wanted"));
  }

  /**
   * One operation outside the engine's order: used to let go when the engine is not to be trusted any more. Everything
   * that it had asked for of this resource is cancelled first.
   */
  execute(order: AgentOrder): Promise<OperationResult> {
    this.queues.get(order.resource)?.cancelAll(new Error(`gave way to a ${order.action}`));
    return this.enqueue(order, new AbortController());
  }

  /** What agents are doing for the engine now, the oldest first. */
  views(): readonly OperationView[] {
    const nowMs = this.init.clock.nowMs();
    return [...this.underWay.values()].map(({ order: { resource, action, timeoutMs }, sinceMs }) => {
      return { resource, action, timeoutMs, forMs: Math.round(nowMs - sinceMs) };
    });
  }

  private async runAndReport(id: number, order: AgentOrder): Promise<void> {
    const controller = new AbortController();
    const sinceMs = this.init.clock.nowMs();
    this.underWay.set(id, { order, controller, sinceMs });
    const result = await this.enqueue(order, controller);
    this.underWay.delete(id);
    if (result.ok) this.tell(order, Math.round(this.init.clock.nowMs() - sinceMs));
    this.init.report(id, result);
  }

  private tell({ resource, action }: AgentOrder, tookMs: number): void {
    if (action !== "start" && action !== "stop") return;
    const name = action === "start" ? "resource.started" : "resource.stopped";
    this.init.done?.({ name, level: "info", fields: { resource, tookMs } });
  }

  private enqueue(order: AgentOrder, controller: AbortController): Promise<OperationResult> {
    const { resource, action, timeoutMs } = order;
    const target = this.init.resources.get(resource);
    if (target === undefined)
      return Promise.resolve({ ok: false, kind: "error", reason: `no such resource: ${resource}` });
    const options = { node: this.init.node, withinMs: timeoutMs };
    const perform = (signal: AbortSignal) => performed(target, order, options, signal);
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
  order: AgentOrder,
  options: OperationOptions,
  signal: AbortSignal,
): Promise<OperationResult> {
  try {
    return await perform(agent, spec, order, options, signal);
  } catch (error) {
    return { ok: false, kind: "error", reason: reasonOf(error) };
  }
}

async function perform(
  agent: ResourceAgent,
  spec: ResourceSpec,
  { action, urgent = false }: AgentOrder,
  options: OperationOptions,
  signal: AbortSignal,
): Promise<OperationResult> {
  switch (action) {
    case "start":
      return agent.start(spec, signal, options);
    case "stop":
      return agent.stop(spec, signal, { ...options, urgent });
    case "status":
      return agent.status(spec, signal, options);
    case "announce":
      // An agent without a place in other machines' tables has nothing to announce.
      return agent.announce?.(spec, signal) ?? { ok: true, state: "running" };
    case "warm":
      return agent.warm?.(spec, signal) ?? { ok: true, state: "stopped" };
    case "elsewhere":
      return agent.elsewhere?.(spec, signal) ?? { ok: true, state: "stopped" };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof SystoleError) return `${error.message} (${error.code})`;
  return error instanceof Error ? error.message : String(error);
}
