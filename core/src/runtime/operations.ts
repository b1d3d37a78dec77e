// Runs what the engine asks of resource agents, each with its deadline, and always brings an answer back.
import {
  SystoleError,
  type Clock,
  type OperationResult,
  type ResourceAction,
  type ResourceAgent,
  type ResourceSpec,
} from "../ports/index.js";

export interface OperationsInit {
  readonly clock: Clock;
  /** By resource name. */
  readonly resources: ReadonlyMap<string, { readonly spec: ResourceSpec; readonly agent: ResourceAgent }>;
  readonly report: (id: number, result: OperationResult) => void;
}

/** How long an agent may take to give up after its deadline, before its operation counts as hanging. */
const GRACE_MS = 5000;

export class Operations {
  private readonly running = new Map<number, AbortController>();

  constructor(private readonly init: OperationsInit) {}

  run(id: number, resource: string, action: ResourceAction, timeoutMs: number): void {
    void this.runAndReport(id, resource, action, timeoutMs);
  }

  /** Ends an operation early; its answer is still reported. */
  cancel(id: number): void {
    this.running.get(id)?.abort(new Error("no longer wanted"));
  }

  /** One operation outside the engine's order: used to let go when the engine is not to be trusted any more. */
  async execute(
    resource: string,
    action: ResourceAction,
    timeoutMs: number,
    id?: number,
  ): Promise<OperationResult> {
    const target = this.init.resources.get(resource);
    if (target === undefined) return { ok: false, kind: "error", reason: `no such resource: ${resource}` };
    const controller = new AbortController();
    if (id !== undefined) this.running.set(id, controller);
    const timeout = new Error(`${action} of ${resource} took longer than ${timeoutMs} ms`);
    const { clock } = this.init;
    const cancelTimeout = clock.wakeAt(clock.nowMs() + timeoutMs, () => controller.abort(timeout));
    let cancelGrace = (): void => undefined;
    const hanging = new Promise<OperationResult>((resolve) => {
      const result = {
        ok: false,
        kind: "timeout",
        reason: `the agent does not end its ${action} of ${resource}`,
      } as const;
      cancelGrace = clock.wakeAt(clock.nowMs() + timeoutMs + GRACE_MS, () => resolve(result));
    });
    try {
      return await Promise.race([perform(target.agent, target.spec, action, controller.signal), hanging]);
    } catch (error) {
      return { ok: false, kind: "error", reason: reasonOf(error) };
    } finally {
      cancelTimeout();
      cancelGrace();
      if (id !== undefined) this.running.delete(id);
    }
  }

  private async runAndReport(
    id: number,
    resource: string,
    action: ResourceAction,
    timeoutMs: number,
  ): Promise<void> {
    this.init.report(id, await this.execute(resource, action, timeoutMs, id));
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
