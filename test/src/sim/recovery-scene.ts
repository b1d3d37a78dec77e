// The stage for tests of recovery: two nodes, one group that is watched every second, and short words for what happens.
import type { GroupSpec, RecoveryRules } from "@systole/core/ports";
import { SimulatedCluster, type SimOptions } from "./simulated-cluster.js";

export const EVERY_MS = 1000;
/** An interval, its jitter, and the restart. */
export const SOON_MS = EVERY_MS * 1.1 + 200;
export const BROKEN = { ok: false, kind: "error", reason: "answers 502" } as const;

/** The cluster of the running test; `boot` makes it. */
export let cluster: SimulatedCluster;

function groupWith(rules: Partial<RecoveryRules>): GroupSpec {
  const watched = { monitorEveryMs: EVERY_MS, ...rules };
  return {
    key: "10.0.0.1",
    home: "master",
    resources: [
      { name: "10.0.0.1", agent: "ipaddr", rules: watched },
      { name: "nginx", agent: "nginx", rules: watched },
    ],
  };
}

export function boot(rules: Partial<RecoveryRules> = {}, options: SimOptions = {}): void {
  cluster = new SimulatedCluster({ ...options, groups: [groupWith(rules)] });
  for (const name of cluster.names) cluster.start(name);
  cluster.until(() => serves("master") && cluster.stable(), 30_000, "served at home");
  cluster.run(10); // The first look at what was started: from then on its absence counts.
  cluster.operations.length = 0;
  cluster.events.length = 0;
}

export function serves(node: string): boolean {
  return ["10.0.0.1", "nginx"].every((resource) => cluster.holders(resource).join() === node);
}

export function crash(node: string): void {
  cluster.run(10);
  cluster.crash(node);
}

/** Crashes nginx on a node and waits until it is served again, wherever. */
export function crashAndRecover(node: string): number {
  crash(node);
  return cluster.until(
    () => (serves("master") || serves("cluster1")) && cluster.stable(),
    90_000,
    "served again",
  );
}

export function named(name: string): readonly string[] {
  return cluster.events.filter(({ event }) => event.name === name).map(({ node }) => node);
}

export function moves(): readonly string[] {
  return cluster.operations.filter((line) => !line.includes(" status ") && !line.includes(" announce "));
}
