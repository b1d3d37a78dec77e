// What runs beside the daemon: its children first, in the order they were made, then the scripts that messages asked for,
// one at a time and only while no child is there. A real one's children run beside each other; here they take turns.
import type { OperationResult, ResourceAction } from "@systole/core/ports";
import { BOUNDS } from "./limits.js";

/** What a job waits for: an operation of an agent, or time. */
export type Wish =
  | { readonly kind: "run"; readonly resource: string; readonly action: ResourceAction }
  | { readonly kind: "sleep"; readonly ms: number };

/** Work is resumed with the result of the operation it wished for. */
export type Work<Result> = Generator<Wish, Result, OperationResult | undefined>;
export type Job = Work<void>;

export class Jobs {
  private children: Job[] = [];
  private scripts: Job[] = [];
  private running: Job | undefined;
  private runId: number | undefined;
  private wakeAtMs = Number.POSITIVE_INFINITY;

  /** `run` asks an agent and returns the id of its answer. */
  constructor(private readonly run: (resource: string, action: ResourceAction) => number) {}

  child(job: Job): void {
    if (this.children.length < BOUNDS.jobs) this.children.push(job);
  }

  script(job: Job): void {
    if (this.scripts.length < BOUNDS.jobs) this.scripts.push(job);
  }

  get idle(): boolean {
    return this.running === undefined && this.children.length === 0 && this.scripts.length === 0;
  }

  /** Begins what may begin, and wakes what has slept enough. */
  advance(nowMs: number): void {
    if (this.wakeAtMs <= nowMs) {
      this.wakeAtMs = Number.POSITIVE_INFINITY;
      this.resume(undefined, nowMs);
    }
    while (this.running === undefined) {
      const next = this.children.shift() ?? this.scripts.shift();
      if (next === undefined) return;
      this.running = next;
      this.resume(undefined, nowMs);
    }
  }

  reported(id: number, result: OperationResult, nowMs: number): void {
    if (id !== this.runId) return;
    this.runId = undefined;
    this.resume(result, nowMs);
  }

  get dueAtMs(): number {
    return this.wakeAtMs;
  }

  private resume(result: OperationResult | undefined, nowMs: number): void {
    const next = this.running?.next(result);
    if (next === undefined) return;
    if (next.done === true) this.running = undefined;
    else if (next.value.kind === "sleep") this.wakeAtMs = nowMs + next.value.ms;
    else this.runId = this.run(next.value.resource, next.value.action);
  }
}
