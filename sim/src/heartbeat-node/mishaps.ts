// What may happen to two nodes on the bench, one mishap at a time, as a seed decides.
import { GROUPS } from "./captured-set-up.js";
import type { SmallCluster } from "./small-cluster.js";

/** Who runs what, in the order of the groups. */
export function owners(cluster: SmallCluster): string {
  return GROUPS.map((group) => cluster.holders(group).join("+")).join(" ");
}

/**
 * One mishap and the time it takes to get over it. Nobody starts while the network is cut: a heartbeat that does takes
 * everything, and is taken for an ordinary newcomer when the network is whole again, so that two heartbeats both go on
 * with everything.
 */
export function mishap(cluster: SmallCluster, next: () => number, lossy: boolean): void {
  const name = next() < 0.5 ? "alpha" : "bravo";
  const set = (["all", "local", "foreign"] as const)[Math.floor(next() * 3)] ?? "all";
  const start = (): void => {
    if (!cluster.alive(name) && cluster.cuts.size === 0) cluster.start(name);
  };
  const acts: readonly (() => void)[] = [
    () => cluster.alive(name) && cluster.ask(name, { kind: "stop" }),
    () => cluster.kill(name),
    start,
    start,
    start,
    () => cluster.alive(name) && cluster.ask(name, { kind: "standby", set }),
    () => cluster.alive(name) && cluster.ask(name, { kind: "takeover", set }),
    () => cluster.cut(),
    () => cluster.cuts.clear(),
    () => void (cluster.loss = lossy ? 0.3 : 0),
    () => void (cluster.loss = 0),
  ];
  acts[Math.floor(next() * acts.length)]?.();
  cluster.run(10_000 + next() * 20_000);
}
