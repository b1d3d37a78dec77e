// What the other nodes say of themselves, as last heard, and since when one of them says that it hears nobody.
import type { NodeView, PolicyInit } from "../../../ports/index.js";
import type { NodeReport } from "./report.js";
import type { Peer } from "./world.js";

export class PeerReports {
  private readonly last = new Map<string, NodeReport>();
  private readonly aloneSinceMs = new Map<string, number>();
  private readonly deafFromMs = new Map<string, number>();
  private laggingSinceMs: number | undefined;

  constructor(private readonly init: Pick<PolicyInit, "self" | "keepaliveMs">) {}

  /** Returns what it said before. */
  hear(from: string, report: NodeReport, nowMs: number): NodeReport | undefined {
    const before = this.last.get(from);
    this.last.set(from, report);
    if (report.alone !== true) this.aloneSinceMs.delete(from);
    else if (!this.aloneSinceMs.has(from)) this.aloneSinceMs.set(from, nowMs);
    if (report.unheard?.includes(this.init.self) !== true) this.deafFromMs.delete(from);
    // One that was heard all the time has lost this node alone. One that is heard again has had no time to hear it.
    else if (!this.deafFromMs.has(from))
      this.deafFromMs.set(from, before === undefined ? nowMs + 2 * this.init.keepaliveMs : nowMs);
    return before;
  }

  forget(node: string): void {
    this.last.delete(node);
    this.aloneSinceMs.delete(node);
    this.deafFromMs.delete(node);
  }

  /** They were said to a node that is not what it was any more. */
  forgetAll(): void {
    this.last.clear();
    this.aloneSinceMs.clear();
    this.deafFromMs.clear();
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

  /** When something of this has lasted long enough to count. */
  deadline(nowMs: number): number {
    const laggingCountsMs = (this.laggingSinceMs ?? Number.POSITIVE_INFINITY) + 2 * this.init.keepaliveMs;
    const moments = [laggingCountsMs, ...this.deafFromMs.values()].filter((atMs) => atMs > nowMs);
    return Math.min(Number.POSITIVE_INFINITY, ...moments);
  }

  peers(nodes: readonly NodeView[]): readonly Peer[] {
    return nodes
      .filter((node) => node.kind === "normal" && node.name !== this.init.self)
      .map(({ name, state, reason }) => {
        const aloneSinceMs = this.aloneSinceMs.get(name);
        const deafFromMs = this.deafFromMs.get(name);
        return {
          name,
          state,
          stopped: state === "dead" && reason === "stopped",
          report: this.last.get(name),
          ...(aloneSinceMs !== undefined && { aloneSinceMs }),
          ...(deafFromMs !== undefined && { deafFromMs }),
        };
      });
  }

  /** Names of those that are known not to hear this node. */
  deaf(nowMs: number): ReadonlySet<string> {
    return new Set([...this.deafFromMs].filter(([, atMs]) => atMs <= nowMs).map(([name]) => name));
  }

  byName(): ReadonlyMap<string, NodeReport> {
    return this.last;
  }
}
