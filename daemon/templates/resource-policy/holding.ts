// One group on this node: its resources are started in order and stopped in the reverse order, one after the other.
import type { GroupSpec, OperationResult, PolicyInit, PolicyOutput, ResourceView } from "@systole/sdk";
import type { HoldState } from "./report.js";

const STOP_RETRY_MS = 1000;
/** Failed stops after which the group is stuck; it is tried on all the same. */
const STOP_TRIES = 5;
/** A start that failed is forgotten after this time. */
const FAILURE_MS = 30_000;

export class Holding {
  /** Why it could not be started, while that is remembered. */
  failure: string | undefined;
  private failedAtMs = 0;
  private wish: "run" | "stop" = "stop";
  /** So many of its resources may run. At first all: an earlier life may have left them. */
  private reached: number;
  private isClean = false;
  private operation: { readonly id: number; readonly action: "start" | "stop" } | undefined;
  private failedStops = 0;
  private notBeforeMs = -Infinity;

  constructor(
    readonly spec: GroupSpec,
    private readonly timeoutMs: PolicyInit["operationTimeoutMs"],
    private readonly nextId: () => number,
    private readonly emit: (output: PolicyOutput) => void,
  ) {
    this.reached = spec.resources.length;
  }

  /** Nothing is started before what an earlier life may have left was stopped. */
  want(wish: "run" | "stop"): void {
    this.isClean ||= this.reached === 0;
    this.wish = this.isClean ? wish : "stop";
  }

  state(): HoldState {
    if (this.wish === "run") return this.reached === this.spec.resources.length ? "started" : "starting";
    if (this.reached === 0 && this.operation === undefined) return "stopped";
    return this.failedStops >= STOP_TRIES ? "stuck" : "stopping";
  }

  report(id: number, result: OperationResult, nowMs: number): void {
    if (this.operation?.id !== id) return;
    const { action } = this.operation;
    this.operation = undefined;
    if (action === "start") return this.started(result, nowMs);
    if (result.ok && result.state === "stopped") {
      this.reached -= 1;
      this.failedStops = 0;
      return;
    }
    this.failedStops += 1;
    this.notBeforeMs = nowMs + STOP_RETRY_MS;
  }

  /** Begins what is to be done next. */
  advance(nowMs: number): void {
    if (this.failure !== undefined && nowMs >= this.failedAtMs + FAILURE_MS) this.failure = undefined;
    if (this.operation !== undefined || nowMs < this.notBeforeMs) return;
    const action = this.wish === "run" ? "start" : "stop";
    const resource = this.spec.resources[action === "start" ? this.reached : this.reached - 1];
    if (resource === undefined) return;
    const id = this.nextId();
    this.operation = { id, action };
    this.emit({ kind: "agent.run", id, resource: resource.name, action, timeoutMs: this.timeoutMs[action] });
  }

  deadline(): number {
    const forgetMs = this.failure === undefined ? Infinity : this.failedAtMs + FAILURE_MS;
    const waits = this.operation === undefined && this.state() !== "stopped" && this.state() !== "started";
    return Math.min(forgetMs, waits ? this.notBeforeMs : Infinity);
  }

  resources(): readonly ResourceView[] {
    return this.spec.resources.map(({ name, agent }, index) => {
      return { name, agent, state: index < this.reached ? "started" : "stopped" };
    });
  }

  private started(result: OperationResult, nowMs: number): void {
    // Also what did not start may have left something: it is stopped with the rest.
    this.reached += 1;
    if (result.ok) return;
    this.wish = "stop";
    this.failure = result.reason;
    this.failedAtMs = nowMs;
  }
}
