// Since when this node reaches fewer ping nodes than another: one lost echo is no reason to give anything up.
import type { NodeView } from "../../../ports/index.js";
import type { NodeReport } from "./report.js";
import { pingsOf } from "./world.js";

export class PingGap {
  /** Undefined while no ready node reaches more. */
  sinceMs: number | undefined;

  watch(nodes: readonly NodeView[], reports: Iterable<NodeReport>, nowMs: number): void {
    const pings = pingsOf(nodes);
    const behind = [...reports].some((report) => report.ready && report.pings > pings);
    this.sinceMs = behind ? (this.sinceMs ?? nowMs) : undefined;
  }

  /** When the gap has lasted long enough to count. */
  deadline(keepaliveMs: number, nowMs: number): number {
    const countsAtMs = (this.sinceMs ?? Number.POSITIVE_INFINITY) + 2 * keepaliveMs;
    return countsAtMs > nowMs ? countsAtMs : Number.POSITIVE_INFINITY;
  }
}
