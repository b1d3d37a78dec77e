// Random cuts between the nodes, and between each of them and the witness, in one direction and in both, with freezes, deaths,
// moves and a witness that loses its store: never two that serve, and one as soon as one may.
import { describe, expect, it } from "vitest";
import type { GroupSpec } from "@systole/core/ports";
import type { SimulatedWitness } from "@systole/sim";
import { DEAD_MS, newWitness, SimulatedCluster, TTL_MS, type SimOptions } from "./simulated-cluster.js";

const RESOURCES = ["one", "two"];
const GROUPS: readonly GroupSpec[] = [
  { key: "one", home: "master", resources: [{ name: "one", agent: "ipaddr" }] },
  { key: "two", home: "cluster1", resources: [{ name: "two", agent: "ipaddr" }] },
];
const ROUNDS = 6;
const MISHAPS = 5;
/** Lives of each kind of cluster; SYSTOLE_SIM_SEEDS asks for more. */
const SEEDS = Number(process.env.SYSTOLE_SIM_SEEDS ?? 12);
/** A lease that was forgotten, one that runs out, and a deadtime or two. */
const QUIET_MS = 2 * TTL_MS + 4 * DEAD_MS;
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
    for (const resource of RESOURCES) {
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

function mishap(cluster: SimulatedCluster, witness: SimulatedWitness, next: () => number): void {
  const name = cluster.names[Math.floor(next() * cluster.names.length)] ?? "";
  const other = cluster.names.find((candidate) => candidate !== name) ?? "";
  const node = cluster.nodes.get(name);
  const awake = node?.alive === true && !node.frozen;
  const actions: readonly (() => unknown)[] = [
    () => cluster.cut(name, other),
    () => cluster.cut(name, other),
    () => cluster.cuts.add(`${name}>${other}`),
    () => cluster.cut(name, "witness"),
    () => cluster.cuts.add(`${name}>witness`),
    () => cluster.cuts.add(`witness>${name}`),
    () => cluster.heal(),
    () => awake && cluster.freeze(name),
    () => node?.frozen === true && cluster.thaw(name),
    () => node?.alive === true && cluster.kill(name, true),
    () => node?.alive === false && cluster.start(name),
    () => awake && cluster.stop(name),
    () => awake && cluster.request(name, "standby"),
    () => witness.wipe(),
  ];
  actions[Math.floor(next() * actions.length)]?.();
}

/** Half a cut becomes a whole one, and nobody sleeps: what must be served then can be said. */
function settle(cluster: SimulatedCluster): number {
  for (const node of cluster.nodes.values()) if (node.alive && node.frozen) cluster.thaw(node.name);
  for (const cut of Array.from(cluster.cuts)) cluster.cuts.add(cut.split(">").toReversed().join(">"));
  const living = cluster.names.filter((name) => cluster.nodes.get(name)?.alive === true);
  const together = living.length === 2 && !cluster.cuts.has(living.join(">"));
  const reaching = living.filter((name) => !cluster.cuts.has(`${name}>witness`));
  return living.length > 0 && (together || reaching.length > 0) ? 1 : 0;
}

function live(seed: number, options: SimOptions): readonly string[] {
  const next = random(seed);
  const witness = newWitness();
  const cluster = new SimulatedCluster({ isolation: "release", ...options, witness, groups: GROUPS, seed });
  const watch = new Watch(cluster);
  const run = (durationMs: number): void => cluster.run(durationMs, () => watch.look());
  for (const name of cluster.names) cluster.start(name);
  run(5000);
  const wrong: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let count = 0; count < MISHAPS; count += 1) {
      mishap(cluster, witness, next);
      run(next() * 3000);
    }
    const expected = settle(cluster);
    run(QUIET_MS);
    for (const resource of RESOURCES) {
      const serving = cluster.serving(resource);
      if (serving.length !== expected)
        wrong.push(
          `${Math.round(cluster.nowMs)} ms: ${resource} on ${serving.join("+") || "nobody"}, cut ${[...cluster.cuts].join(" ")}`,
        );
    }
  }
  return [...watch.complaints, ...wrong];
}

describe.each<readonly [string, SimOptions]>([
  ["auto_failback on", {}],
  ["auto_failback off", { failback: "off" }],
])("a witness, after random cuts, %s", (_name, options) => {
  it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
    "seed %i: never two that serve, and one where one may",
    (seed) => {
      expect(live(seed, options)).toEqual([]);
    },
  );
});
