// Dead nodes that may still run something. Without fence devices their word is taken for it, with a warning; with
// devices nothing of theirs is started before a fence has succeeded, however often it must be tried.
import type { FenceResult, PolicyOutput } from "../../../ports/index.js";
import { LIMITS } from "../../limits.js";

interface Case {
  readonly node: string;
  requestId: number | undefined;
  retryAtMs: number;
  failures: number;
}

export class FencingCases {
  private readonly cases = new Map<string, Case>();

  /** Fenced while they still seemed to live; their death, when it is noticed, is no news. */
  private readonly done = new Set<string>();

  constructor(
    private readonly configured: boolean,
    private readonly nextId: () => number,
    private readonly emit: (output: PolicyOutput) => void,
  ) {}

  /** A node died and did not say goodbye. */
  died(node: string, owned: boolean): void {
    if (this.done.delete(node) || !owned) return;
    if (!this.configured) {
      this.emit({
        kind: "event",
        event: {
          name: "fence.not-configured",
          level: "warn",
          fields: { node, risk: "both nodes may run its resources" },
        },
      });
      return;
    }
    this.cases.set(node, { node, requestId: undefined, retryAtMs: 0, failures: 0 });
  }

  /** A living node asks for it: something there is out of control. */
  asked(node: string): void {
    if (!this.configured || this.done.has(node) || this.cases.has(node)) return;
    this.cases.set(node, { node, requestId: undefined, retryAtMs: 0, failures: 0 });
  }

  /** The node is back, so it says itself what it runs. */
  returned(node: string): void {
    this.cases.delete(node);
    this.done.delete(node);
  }

  tick(nowMs: number): void {
    for (const open of this.cases.values()) {
      if (open.requestId !== undefined || nowMs < open.retryAtMs) continue;
      open.requestId = this.nextId();
      this.emit({ kind: "fence.request", id: open.requestId, node: open.node });
    }
  }

  report(id: number, result: FenceResult, nowMs: number): void {
    const open = [...this.cases.values()].find((candidate) => candidate.requestId === id);
    if (open === undefined) return;
    if (result.ok) {
      this.done.add(open.node);
      this.cases.delete(open.node);
      this.emit({ kind: "event", event: { name: "fence.done", level: "warn", fields: { node: open.node } } });
      return;
    }
    open.requestId = undefined;
    open.failures += 1;
    open.retryAtMs = nowMs + LIMITS.fenceRetryMs;
    const fields = {
      node: open.node,
      reason: result.reason,
      attempt: open.failures,
      retryInMs: LIMITS.fenceRetryMs,
    };
    this.emit({ kind: "event", event: { name: "fence.failed", level: "error", fields } });
  }

  unsettled(): ReadonlySet<string> {
    return new Set(this.cases.keys());
  }

  deadline(): number {
    const waiting = [...this.cases.values()].filter((open) => open.requestId === undefined);
    return Math.min(Number.POSITIVE_INFINITY, ...waiting.map((open) => open.retryAtMs));
  }
}
