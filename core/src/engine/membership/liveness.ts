// When silence means death. A node that was late itself has no right to judge: it gives everybody its own delay.
import type { MembershipTimings } from "../../ports/index.js";
import type { NodeRecord } from "./node-record.js";

export interface JudgingContext {
  readonly startedAtMs: number;
  readonly timings: MembershipTimings;
  /** Every node was heard or given up once: from then on each node's own dead time counts. */
  readonly settled: boolean;
}

/** The moment at which a node that stays silent is dead; Infinity when it is dead already. */
export function deathAtMs(node: NodeRecord, context: JudgingContext): number {
  if (node.state === "dead") return Number.POSITIVE_INFINITY;
  const initialMs = (node.knownSinceMs ?? context.startedAtMs) + context.timings.initialDeadMs;
  if (node.heardAtMs === undefined) return initialMs;
  const silentMs = node.heardAtMs + node.deadMs + node.excusedMs;
  return context.settled ? silentMs : Math.max(silentMs, initialMs);
}

/** The moment at which a silent link is dead; Infinity when it is dead already. */
export function linkDeathAtMs(node: NodeRecord, link: string): number {
  const record = node.links.get(link);
  if (record === undefined || record.state === "dead") return Number.POSITIVE_INFINITY;
  return record.heardAtMs + node.deadMs + node.excusedMs;
}

/** How late this node is itself, beyond what a busy machine does all day. 0: in time. */
export function ownLatenessMs(dueMs: number, nowMs: number, timings: MembershipTimings): number {
  const lateMs = nowMs - dueMs;
  return lateMs > timings.keepaliveMs ? lateMs : 0;
}

/**
 * Every silence may last longer by the time in which this node could not listen. By the longest one, not by their sum: what came
 * meanwhile it reads when it is back, so a node that is always late would otherwise never find that it is alone.
 */
export function excuse(nodes: Iterable<NodeRecord>, lateMs: number): void {
  for (const node of nodes) node.excusedMs = Math.max(node.excusedMs, lateMs);
}
