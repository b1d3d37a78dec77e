// What the other nodes say of themselves, as last heard, and since when one of them says that it hears nobody.
import type { NodeView } from "../../../ports/index.js";
import type { NodeReport } from "./report.js";
import type { Peer } from "./world.js";

export class PeerReports {
  private readonly last = new Map<string, NodeReport>();
  private readonly aloneSinceMs = new Map<string, number>();
  private laggingSinceMs: number | undefined;

  /** Returns what it said before. */
  hear(from: string, report: NodeReport, nowMs: number): NodeReport | undefined {
    const before = this.last.get(from);
    this.last.set(from, report);
    if (report.alone !== true) this.aloneSinceMs.delete(from);
    else if (!this.aloneSinceMs.has(from)) this.aloneSinceMs.set(from, nowMs);
    return before;
  }

  forget(node: string): void {
    this.last.delete(node);
    this.aloneSinceMs.delete(node);
  }

  /** They were said to a node that is not what it was any more. */
  forgetAll(): void {
    this.last.clear();
    this.aloneSinceMs.clear();
  }

  /** `pings`: ping nodes that answer this node. */
  comparePings(pings: number, nowMs: number): void {
    const behind = [...this.last.values()].some((report) => report.ready && report.pings > pings);
    this.laggingSinceMs = behind ? (this.laggingSinceMs ?? nowMs) : undefined;
  }

  /** Since when this node reaches fewer ping nodes than a peer; undefined when it does not. */
  behindSinceMs(): number | undefined {
    return this.laggingSinceMs;
  }

  /** When that has lasted long enough to count. */
  deadline(keepaliveMs: number, nowMs: number): number {
    const countsAtMs = (this.laggingSinceMs ?? Number.POSITIVE_INFINITY) + 2 * keepaliveMs;
    return countsAtMs > nowMs ? countsAtMs : Number.POSITIVE_INFINITY;
  }

  peers(nodes: readonly NodeView[], self: string): readonly Peer[] {
    return nodes
      .filter((node) => node.kind === "normal" && node.name !== self)
      .map(({ name, state }) => {
        const aloneSinceMs = this.aloneSinceMs.get(name);
        const report = this.last.get(name);
        return { name, state, report, ...(aloneSinceMs !== undefined && { aloneSinceMs }) };
      });
  }

  byName(): ReadonlyMap<string, NodeReport> {
    return this.last;
  }
}
