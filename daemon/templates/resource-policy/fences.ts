// Nodes that died without a word and may still run something: each is fenced, however often that must be tried.
import type { FenceResult, PolicyOutput } from "@systole/sdk";

const RETRY_MS = 5000;

export class Fences {
  private readonly open = new Map<string, { id: number | undefined; atMs: number }>();

  constructor(
    private readonly nextId: () => number,
    private readonly emit: (output: PolicyOutput) => void,
  ) {}

  need(node: string, nowMs: number): void {
    if (!this.open.has(node)) this.open.set(node, { id: undefined, atMs: nowMs });
  }

  /** It is back, and says itself what it runs. */
  forget(node: string): void {
    this.open.delete(node);
  }

  advance(nowMs: number): void {
    for (const [node, fence] of this.open) {
      if (fence.id !== undefined || nowMs < fence.atMs) continue;
      fence.id = this.nextId();
      this.emit({ kind: "fence.request", id: fence.id, node });
    }
  }

  report(id: number, result: FenceResult, nowMs: number): void {
    const found = [...this.open].find(([, fence]) => fence.id === id);
    if (found === undefined) return;
    const [node, fence] = found;
    if (result.ok) return void this.open.delete(node);
    fence.id = undefined;
    fence.atMs = nowMs + RETRY_MS;
  }

  unfenced(): ReadonlySet<string> {
    return new Set(this.open.keys());
  }

  deadline(): number {
    const waiting = [...this.open.values()].filter(({ id }) => id === undefined);
    return Math.min(Infinity, ...waiting.map(({ atMs }) => atMs));
  }
}
