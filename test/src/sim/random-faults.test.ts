// Random mishaps at random moments: whatever happened, a cluster that is left in peace serves every group exactly once.
import { describe, expect, it } from "vitest";
import type { GroupSpec } from "@systole/core/ports";
import { SimulatedCluster, type SimOptions } from "./simulated-cluster.js";

const GROUPS: readonly GroupSpec[] = [
  {
    key: "one",
    home: "master",
    resources: [
      { name: "one", agent: "ipaddr" },
      { name: "web", agent: "nginx", rules: { monitorEveryMs: 1000, failureTimeoutMs: 10_000 } },
    ],
  },
  { key: "two", home: "cluster1", resources: [{ name: "two", agent: "ipaddr" }] },
];
const MISHAPS = 25;
/** Lives of each kind of cluster; SYSTOLE_SIM_SEEDS asks for more. */
const SEEDS = Number(process.env.SYSTOLE_SIM_SEEDS ?? 12);
/** After this long without a mishap the cluster must have settled: a start that failed is tried again after 30 s. */
const PEACE_MS = 50_000;
/** Two holders are allowed only so long after the nodes could hear each other again. */
const SETTLE_MS = 1500;

function random(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

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

function serviceMishaps(cluster: SimulatedCluster, name: string): readonly (() => void)[] {
  const alive = cluster.nodes.get(name)?.alive === true;
  return [
    () => alive && cluster.crash(name, "web"),
    () => alive && cluster.crash(name, "one"),
    () => void cluster.failures.set(`${name} web status`, { ok: false, kind: "timeout", reason: "hangs" }),
  ];
}

function mishap(cluster: SimulatedCluster, next: () => number): void {
  const name = cluster.names[Math.floor(next() * cluster.names.length)] ?? "";
  const other = cluster.names.find((candidate) => candidate !== name) ?? "";
  const node = cluster.nodes.get(name);
  const actions: readonly (() => void)[] = [
    () => cluster.cut(name, other),
    () => void cluster.cuts.add(`${name}>${other}`),
    () => cluster.heal(),
    () => cluster.heal(),
    () => node?.alive === true && cluster.freeze(name),
    () => node?.frozen === true && cluster.thaw(name),
    () => node?.alive === true && cluster.kill(name, next() < 0.5),
    () => node?.alive === false && cluster.start(name),
    () => node?.alive === true && cluster.stop(name),
    () => node?.alive === true && cluster.request(name, "standby"),
    () => node?.alive === true && cluster.request(name, "takeover", "local"),
    () => (cluster.loss = next() < 0.5 ? 0 : 0.3),
    () => void cluster.failures.set(`${name} web start`, { ok: false, kind: "error", reason: "broken" }),
    () => cluster.failures.clear(),
    ...serviceMishaps(cluster, name),
  ];
  actions[Math.floor(next() * actions.length)]?.();
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
