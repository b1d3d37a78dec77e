// The guard beside a daemon, and the daemon's own keeping of addresses (docs/addresses.md), as far as a simulation needs them.
import { GUARDED_AGENT, type ClusterPlan } from "./plan.js";
import type { SimulatedCluster } from "./cluster.js";
import type { SimNode } from "./node.js";

const removed = (plan: ClusterPlan): readonly string[] =>
  plan.groups.flatMap(({ resources }) =>
    resources.filter(({ agent }) => agent === GUARDED_AGENT).map(({ name }) => name),
  );

/** Undefined: no guard is beside this daemon. */
const afterMs = ({ guardAfterMs }: ClusterPlan, { plan }: SimNode): number | undefined =>
  plan.isHeartbeat === true ? undefined : guardAfterMs;

/** The daemon has ended, or has been silent for too long. A machine that stands still has no guard either. */
export function takeAddresses(plan: ClusterPlan, node: SimNode): void {
  if (afterMs(plan, node) === undefined || !node.awake) return;
  for (const name of removed(plan)) if (node.running.delete(name)) node.taken.add(name);
}

export function guardIsDue(plan: ClusterPlan, node: SimNode, nowMs: number): boolean {
  const guardAfterMs = afterMs(plan, node);
  return guardAfterMs !== undefined && node.alive && node.awake && nowMs - node.saidAtMs >= guardAfterMs;
}

/** With a sign of life: back after a short silence; forfeited after one in which another node may have taken over. */
export function putBackAddresses(plan: ClusterPlan, node: SimNode, nowMs: number): void {
  if (afterMs(plan, node) === undefined) return;
  const isForfeited = nowMs - node.saidAtMs >= plan.deadMs;
  if (isForfeited) {
    for (const name of removed(plan)) {
      const had = node.running.delete(name) || node.taken.has(name);
      if (had) node.forfeited.add(name);
    }
  } else for (const name of node.taken) node.running.add(name);
  node.taken.clear();
}

/** Never a rounding error too early. */
const ROUNDING_MS = 1e-6;

/** The guard beside a daemon that begins: it looks when the next sign of life is due at the latest. */
export function watchOver(cluster: SimulatedCluster, node: SimNode): void {
  const { plan } = cluster;
  const { keepaliveMs } = plan;
  const guardAfterMs = afterMs(plan, node);
  if (guardAfterMs === undefined) return;
  const { generation } = node;
  const look = (): void => {
    if (node.generation !== generation || !node.alive) return;
    if (guardIsDue(plan, node, cluster.nowMs)) takeAddresses(plan, node);
    const waitMs = node.saidAtMs + guardAfterMs - cluster.nowMs;
    cluster.later(waitMs > 0 ? waitMs + ROUNDING_MS : keepaliveMs, look);
  };
  cluster.later(guardAfterMs, look);
}
