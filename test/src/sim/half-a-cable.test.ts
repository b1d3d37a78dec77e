// Half a cable: one node hears the other and is not heard. Who is not heard cannot tell the other to let go, so it is the one
// that does; two serve for a moment, and not until somebody mends the cable.
import { beforeEach, describe, expect, it } from "vitest";
import { bootServing, longestMs, notOneServes, twoServe } from "./isolation-scene.js";
import { DEAD_MS, KEEPALIVE_MS, SimulatedCluster, type SimOptions } from "./simulated-cluster.js";

/** Stops of both resources, and the message that says so. */
const MOMENT_MS = 40;
const SEEDS = Number(process.env.SYSTOLE_SIM_SEEDS ?? 12);
const MISHAPS = 40;
/** From when on a node is heard: its next status, two keepalives in which it may hear the other, and the stops. */
const HALF_HEALED_MS = 3 * KEEPALIVE_MS + MOMENT_MS;

let cluster: SimulatedCluster;

const runs = (node: string): boolean => cluster.serving().join() === node;
const watch = (durationMs: number, wrong: (serving: number) => boolean): number =>
  longestMs(cluster, durationMs, wrong);

describe.each<readonly [string, SimOptions]>([
  ["auto_failback on", { failback: "on" }],
  ["auto_failback off", { failback: "off" }],
  ["a ping node and ipfail", { failback: "on", ipfail: true, pingNodes: ["gateway"], isolation: "release" }],
])("the active node is not heard, but hears, %s", (_name, options) => {
  beforeEach(() => {
    cluster = bootServing(options);
    cluster.cuts.add("master>cluster1");
    if (options.pingNodes !== undefined) cluster.cuts.add("master>gateway");
  });

  it("the other takes over, and it lets go as soon as it hears that", () => {
    cluster.until(() => cluster.serving().includes("cluster1"), DEAD_MS + KEEPALIVE_MS, "it is taken over");
    expect(watch(10_000, twoServe)).toBeLessThan(MOMENT_MS);
    expect(runs("cluster1")).toBe(true);
  });

  it("on heal nobody is without service and never two serve", () => {
    cluster.until(() => runs("cluster1"), 2 * DEAD_MS, "it has let go");
    cluster.heal();
    expect(watch(3000, twoServe)).toBe(0);
    expect(runs(options.failback === "on" ? "master" : "cluster1")).toBe(true);
    expect(cluster.stable()).toBe(true);
  });
});

describe("the idle node does not hear, but is heard", () => {
  it("with a ping node it takes nothing, and nothing moves", () => {
    cluster = bootServing({ failback: "on", pingNodes: ["gateway"], isolation: "release" });
    cluster.cuts.add("master>cluster1").add("cluster1>gateway");
    expect(watch(10_000, notOneServes)).toBe(0);
    expect(runs("master")).toBe(true);
  });
});

describe("nodes that served on both sides of a cut", () => {
  beforeEach(() => {
    cluster = bootServing({ failback: "on" });
    cluster.cut("master", "cluster1");
    cluster.run(3000);
  });

  it("half of it heals: the one that is not heard lets go", () => {
    cluster.cuts.delete("cluster1>master");
    expect(watch(3000, twoServe)).toBeLessThan(HALF_HEALED_MS);
    expect(runs("cluster1")).toBe(true);
  });

  it("half of it heals, the other half: the same, though its claim is the later one", () => {
    cluster.cuts.delete("master>cluster1");
    expect(watch(3000, twoServe)).toBeLessThan(HALF_HEALED_MS);
    expect(runs("master")).toBe(true);
  });
});

function random(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** Cuts either half, both, or none, again and again. Returns when two served although one of them heard the other. */
function live(seed: number, options: SimOptions): readonly string[] {
  const next = random(seed);
  cluster = bootServing({ ...options, seed });
  const complaints: string[] = [];
  let sinceMs = cluster.nowMs;
  const look = (): void => {
    const deaf = cluster.cuts.size === 2;
    if (deaf || cluster.serving().length < 2) sinceMs = cluster.nowMs;
    if (cluster.nowMs - sinceMs > DEAD_MS + HALF_HEALED_MS)
      complaints.push(`${Math.round(cluster.nowMs)} ms`);
  };
  for (let count = 0; count < MISHAPS; count += 1) {
    cluster.heal();
    const which = Math.floor(next() * 4);
    if (which === 1 || which === 3) cluster.cuts.add("master>cluster1");
    if (which === 2 || which === 3) cluster.cuts.add("cluster1>master");
    cluster.run(next() * 3500, look);
  }
  cluster.heal();
  cluster.run(5000, look);
  return [
    ...complaints,
    ...(cluster.serving().length === 1 ? [] : [`ends with ${cluster.serving().join("+")}`]),
  ];
}

describe.each<readonly [string, SimOptions]>([
  ["auto_failback on", { failback: "on" }],
  ["auto_failback off", { failback: "off" }],
])("halves that are cut and mended at random, %s", (_name, options) => {
  it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
    "seed %i: two serve only while neither hears the other, and a moment more",
    (seed) => {
      expect(live(seed, options)).toEqual([]);
    },
  );
});
