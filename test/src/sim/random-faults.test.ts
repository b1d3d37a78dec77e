// Random mishaps at random moments: whatever happened, a cluster that is left in peace serves every group exactly once.
import { describe, expect, it } from "vitest";
import { GROUPS, mishap, random } from "./mishaps.js";
import { SimulatedCluster, type SimOptions } from "./simulated-cluster.js";

const MISHAPS = 25;
/** Lives of each kind of cluster; SYSTOLE_SIM_SEEDS asks for more. */
const SEEDS = Number(process.env.SYSTOLE_SIM_SEEDS ?? 12);
/** After this long without a mishap the cluster must have settled: a start that failed is tried again after 30 s. */
const PEACE_MS = 50_000;
/** Two holders are allowed only so long after the nodes could hear each other again. */
const SETTLE_MS = 1500;

/** Watches for groups with two holders although every node has been able to hear the others for a while. */
class Watch {
  private wholeSinceMs = 0;
  readonly complaints: string[] = [];

  constructor(private readonly cluster: SimulatedCluster) {}

  disturbed(): void {
    this.wholeSinceMs = Number.POSITIVE_INFINITY;
  }

  look(): void {
    const nodes = [...this.cluster.nodes.values()];
    const whole = this.cluster.cuts.size === 0 && nodes.every((node) => node.alive && !node.frozen);
    if (!whole) return this.disturbed();
    if (this.wholeSinceMs === Number.POSITIVE_INFINITY) this.wholeSinceMs = this.cluster.nowMs;
    if (this.cluster.nowMs - this.wholeSinceMs < SETTLE_MS) return;
    for (const resource of ["one", "web", "two"]) {
      const holders = this.cluster.holders(resource);
      if (holders.length > 1)
        this.complaints.push(`${Math.round(this.cluster.nowMs)} ms: ${resource} on ${holders.join("+")}`);
    }
  }
}

function live(seed: number, options: SimOptions): readonly string[] {
  const next = random(seed);
  const cluster = new SimulatedCluster({ ...options, groups: GROUPS, seed });
  const watch = new Watch(cluster);
  for (const name of cluster.names) cluster.start(name);
  for (let count = 0; count < MISHAPS; count += 1) {
    cluster.run(next() * 2500, () => watch.look());
    mishap(cluster, next);
  }
  cluster.heal();
  cluster.loss = 0;
  cluster.failures.clear();
  for (const node of cluster.nodes.values()) if (node.frozen) cluster.thaw(node.name);
  // A node that was told to stop while it was frozen leaves now.
  cluster.run(2000, () => watch.look());
  for (const name of cluster.names) if (cluster.nodes.get(name)?.alive === false) cluster.start(name);
  cluster.run(PEACE_MS, () => watch.look());
  const served = ["one", "web", "two"].map((resource) => `${resource}: ${cluster.holders(resource).length}`);
  const agreed = cluster.names.map((name) =>
    cluster
      .view(name)
      .groups.map(({ owner }) => owner ?? "nobody")
      .join(","),
  );
  const [first, ...others] = agreed;
  return [
    ...watch.complaints,
    ...served.filter((line) => !line.endsWith(": 1")),
    ...(others.every((view) => view === first) ? [] : [`the nodes disagree: ${agreed.join(" / ")}`]),
    ...(cluster.stable()
      ? []
      : [`not stable: ${cluster.names.map((name) => cluster.view(name).why).join(" / ")}`]),
  ];
}

describe.each<readonly [string, SimOptions]>([
  ["auto_failback on", { failback: "on" }],
  ["auto_failback off", { failback: "off" }],
  ["three nodes", { nodes: ["master", "cluster1", "cluster2"] }],
  ["a ping node and ipfail", { ipfail: true, pingNodes: ["gateway"] }],
])("after random mishaps, %s", (_name, options) => {
  it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
    "seed %i: every group is served exactly once",
    (seed) => {
      expect(live(seed, options)).toEqual([]);
    },
  );
});
