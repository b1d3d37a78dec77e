// Random isolations, freezes and deaths: a cluster whose quorum grants to one side never has two that serve, and in peace
// every group is served exactly once.
import { describe, expect, it } from "vitest";
import type { GroupSpec, QuorumAnswer, QuorumQuestion } from "@systole/core/ports";
import { SimulatedCluster, type SimOptions } from "./simulated-cluster.js";

const GROUPS: readonly GroupSpec[] = [
  { key: "one", home: "master", resources: [{ name: "one", agent: "ipaddr" }] },
  { key: "two", home: "cluster1", resources: [{ name: "two", agent: "ipaddr" }] },
];
const MISHAPS = 25;
/** Lives of each kind of cluster; SYSTOLE_SIM_SEEDS asks for more. */
const SEEDS = Number(process.env.SYSTOLE_SIM_SEEDS ?? 12);
const PEACE_MS = 10_000;
/** So long two may serve: the time to stop what a node that wakes up still has, each operation taking 10 ms. */
const BOUND_MS = 60;

function random(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

class Watch {
  readonly complaints: string[] = [];
  private readonly sinceMs = new Map<string, number>();

  constructor(private readonly cluster: SimulatedCluster) {}

  look(): void {
    for (const resource of ["one", "two"]) {
      const serving = this.cluster.serving(resource);
      if (serving.length < 2) {
        this.sinceMs.delete(resource);
        continue;
      }
      const sinceMs = this.sinceMs.get(resource) ?? this.cluster.nowMs;
      this.sinceMs.set(resource, sinceMs);
      if (this.cluster.nowMs - sinceMs > BOUND_MS)
        this.complaints.push(`${Math.round(sinceMs)} ms: ${resource} on ${serving.join("+")}`);
    }
  }
}

function mishap(cluster: SimulatedCluster, next: () => number): void {
  const name = cluster.names[Math.floor(next() * cluster.names.length)] ?? "";
  const node = cluster.nodes.get(name);
  const others = [...cluster.nodes.values()].filter((other) => other.name !== name);
  const lastAwake = others.every(({ alive, frozen }) => !alive || frozen);
  const actions: readonly (() => void)[] = [
    // One node at a time is left by the network: two halves that both reach the ping node are not its affair.
    () => cluster.cuts.size === 0 && cluster.isolate(name),
    () => cluster.cuts.size === 0 && cluster.isolate(name),
    () => cluster.heal(),
    () => node?.alive === true && !lastAwake && cluster.freeze(name),
    () => node?.frozen === true && cluster.thaw(name),
    () => node?.alive === true && cluster.kill(name, true),
    () => node?.alive === false && cluster.start(name),
    () => node?.alive === true && !node.frozen && cluster.stop(name),
  ];
  actions[Math.floor(next() * actions.length)]?.();
}

function live(seed: number, options: SimOptions): readonly string[] {
  const next = random(seed);
  const cluster = new SimulatedCluster({ ...options, groups: GROUPS, seed });
  const watch = new Watch(cluster);
  const run = (durationMs: number): void => cluster.run(durationMs, () => watch.look());
  for (const name of cluster.names) cluster.start(name);
  for (let count = 0; count < MISHAPS; count += 1) {
    run(next() * 3000);
    mishap(cluster, next);
  }
  cluster.heal();
  for (const node of cluster.nodes.values()) if (node.frozen) cluster.thaw(node.name);
  run(2000);
  for (const name of cluster.names) if (cluster.nodes.get(name)?.alive === false) cluster.start(name);
  run(PEACE_MS);
  const served = ["one", "two"].map((resource) => `${resource}: ${cluster.holders(resource).length}`);
  return [...watch.complaints, ...served.filter((line) => !line.endsWith(": 1"))];
}

function majority({ nodes, alive }: QuorumQuestion): QuorumAnswer {
  return alive.length * 2 > nodes.length ? { kind: "granted" } : { kind: "denied" };
}

/** Who asks first has it, until two seconds after it has asked for the last time. */
function witness(): NonNullable<SimOptions["quorum"]> {
  const forMs = 2000;
  let lease = { holder: "", untilMs: Number.NEGATIVE_INFINITY };
  return ({ self }, nowMs) => {
    if (lease.holder !== self && nowMs < lease.untilMs) return { kind: "denied", holder: lease.holder };
    lease = { holder: self, untilMs: nowMs + forMs };
    return { kind: "granted", forMs };
  };
}

describe.each<readonly [string, () => SimOptions]>([
  ["a ping node", () => ({ isolation: "release", pingNodes: ["gateway"] })],
  [
    "a ping node, auto_failback off",
    () => ({ isolation: "release", pingNodes: ["gateway"], failback: "off" }),
  ],
  [
    "a majority of three",
    () => ({ isolation: "release", quorum: majority, nodes: ["master", "cluster1", "cluster2"] }),
  ],
  ["a witness", () => ({ isolation: "release", quorum: witness() })],
])("after random isolations, %s", (_name, options) => {
  it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))("seed %i: never two that serve", (seed) => {
    expect(live(seed, options())).toEqual([]);
  });
});
