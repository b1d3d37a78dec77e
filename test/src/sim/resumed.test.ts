// A node that is written down and made anew after every step lives exactly as one that stays in memory: same seed, same mishaps, same
// words at the same moments. Whatever the engine remembers and does not write would show here.
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { GROUPS, mishap, random } from "./mishaps.js";
import { ResumedEngine } from "./resumed-engine.js";
import { SimulatedCluster, type SimOptions } from "./simulated-cluster.js";

const MISHAPS = 10;
/** Lives of each kind of cluster; SYSTOLE_SIM_SEEDS asks for more. */
const SEEDS = Number(process.env.SYSTOLE_SIM_SEEDS ?? 2);

/** Everything that can be seen of a life, in order. */
function transcript(seed: number, options: SimOptions): readonly string[] {
  const next = random(seed);
  const cluster = new SimulatedCluster({ ...options, groups: GROUPS, seed });
  const views: string[] = [];
  for (const name of cluster.names) cluster.start(name);
  for (let count = 0; count < MISHAPS; count += 1) {
    cluster.run(next() * 2500);
    mishap(cluster, next);
    const first = cluster.names[0] ?? "";
    if (options.fencing === true && next() < 0.2 && cluster.nodes.get(first)?.alive === true)
      cluster.fenceBy(first, next() < 0.5 ? "fence" : "fence-confirm", cluster.names[1] ?? "");
    if (next() < 0.2) cluster.observe(first, { suspendedMs: next() * 5000, carriers: [] });
    for (const name of cluster.names) views.push(JSON.stringify(cluster.view(name)));
  }
  const events = cluster.events.map(({ atMs, node, event }) => `${atMs} ${node} ${JSON.stringify(event)}`);
  return [...events, ...cluster.operations, ...views, JSON.stringify([...cluster.answers])];
}

describe.each<readonly [string, SimOptions]>([
  ["two nodes", { failback: "on" }],
  ["three nodes", { nodes: ["master", "cluster1", "cluster2"], failback: "off" }],
  ["heartbeat's protocol", { asHeartbeats: true }],
  ["fencing", { fencing: true, failback: "on" }],
  ["a ping node and ipfail", { ipfail: true, pingNodes: ["gateway"] }],
  [
    "a quorum",
    {
      nodes: ["master", "cluster1", "cluster2"],
      isolation: "release",
      quorum: ({ alive }) => ({ kind: alive.length > 1 ? "granted" : "denied" }),
    },
  ],
])("made anew after every step, %s", (_name, options) => {
  it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))("seed %i: lives the same life", (seed) => {
    const stayed = transcript(seed, options);
    expect(stayed.length).toBeGreaterThan(30);
    expect(transcript(seed, { ...options, resumed: true })).toEqual(stayed);
  });
});

it("writes what fits into any store", () => {
  const bytes = gzipSync(ResumedEngine.longest).length;
  expect(ResumedEngine.longest.length).toBeGreaterThan(1000);
  // A value of a Durable Object has at most 128 KiB, an item of DynamoDB 400 KB. Messages that are kept repeat each other.
  expect(bytes).toBeLessThan(60_000);
});
