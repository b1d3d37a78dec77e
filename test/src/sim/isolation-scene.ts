// What the tests of isolation share: a cluster in which master serves, and a look at how many serve while time passes.
import { SimulatedCluster, type SimOptions } from "./simulated-cluster.js";

/** Every node is up, and master serves. */
export function bootServing(options: SimOptions): SimulatedCluster {
  const cluster = new SimulatedCluster(options);
  for (const name of cluster.names) cluster.start(name);
  cluster.until(() => cluster.serving().join() === "master" && cluster.stable(), 2000, "master serves");
  return cluster;
}

/** Runs on, and returns the longest time in which the number of those that serve was wrong. */
export function longestMs(
  cluster: SimulatedCluster,
  durationMs: number,
  wrong: (serving: number) => boolean,
): number {
  let sinceMs: number | undefined;
  let worstMs = 0;
  for (let passedMs = 0; passedMs < durationMs; passedMs += 1) {
    cluster.run(1);
    if (wrong(cluster.serving().length)) sinceMs ??= cluster.nowMs;
    else sinceMs = undefined;
    if (sinceMs !== undefined) worstMs = Math.max(worstMs, cluster.nowMs - sinceMs + 1);
  }
  return worstMs;
}

export const twoServe = (serving: number): boolean => serving > 1;
export const nobodyServes = (serving: number): boolean => serving === 0;
export const notOneServes = (serving: number): boolean => serving !== 1;
