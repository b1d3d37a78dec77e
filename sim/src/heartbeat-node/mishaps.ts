// What may happen to two nodes on the bench, one mishap at a time, as chance decides.
import type { Bench } from "./bench.js";

/**
 * One mishap and the time it takes to get over it. Nobody starts while the network is cut: a heartbeat that does takes
 * everything, and is taken for an ordinary newcomer when the network is whole again, so that two heartbeats both go on
 * with everything.
 */
export function mishap(cluster: Bench): void {
  const name = cluster.random() < 0.5 ? "alpha" : "bravo";
  const set = (["all", "local", "foreign"] as const)[Math.floor(cluster.random() * 3)] ?? "all";
  const isAlive = cluster.isAlive(name);
  const start = (): void => {
    if (!isAlive && cluster.cuts.size === 0) cluster.start(name);
  };
  const acts: readonly (() => unknown)[] = [
    () => isAlive && cluster.stop(name),
    () => cluster.kill(name, true),
    start,
    start,
    start,
    () => isAlive && cluster.request(name, "standby", set),
    () => isAlive && cluster.request(name, "takeover", set),
    () => cluster.split(),
    () => cluster.cuts.clear(),
    () => (cluster.loss = 0.3),
    () => (cluster.loss = 0),
  ];
  acts[Math.floor(cluster.random() * acts.length)]?.();
  cluster.run(10_000 + cluster.random() * 20_000);
}
