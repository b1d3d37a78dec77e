import { describe, expect, it } from "vitest";
import { SimulatedCluster } from "./simulated-cluster.js";

const NODES = ["master", "cluster1", "cluster2"] as const;
const SEEDS = Array.from({ length: 30 }, (_, index) => index + 1);

/** Stopped one after the other, so that the last one knows the highest claims; then all are started, within a tenth of a second. */
function startAgain(seed: number): SimulatedCluster {
  const cluster = new SimulatedCluster({ seed, nodes: [...NODES] });
  for (const name of NODES) cluster.start(name);
  cluster.until(() => cluster.stable(), 2000, "all nodes are up and stable");
  for (const name of NODES) {
    cluster.stop(name);
    cluster.until(() => cluster.left.has(name), 2000, `${name} has left`);
  }
  cluster.run(200); // What is on its way arrives.
  cluster.events.length = 0;
  const order = NODES.map((name) => ({ name, key: cluster.random() })).toSorted((a, b) => a.key - b.key);
  for (const { name } of order) {
    cluster.start(name);
    cluster.run(Math.floor(cluster.random() * 100));
  }
  cluster.until(() => cluster.stable(), 4000, "all nodes are up and stable again");
  return cluster;
}

describe("a common start", () => {
  it.each(SEEDS)("leaves the group at home, wherever it was last (seed %i)", (seed) => {
    const cluster = startAgain(seed);
    expect(cluster.holders()).toEqual(["master"]);
    const claims = cluster.events.filter(({ event }) => event.name === "group.claimed");
    expect(claims.map(({ event }) => event.fields["owner"])).toEqual(["master"]);
  });
});
