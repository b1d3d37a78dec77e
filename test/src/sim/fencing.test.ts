// Fencing in whole clusters: who is fenced by whom, and what waits for it.
import { beforeEach, describe, expect, it } from "vitest";
import { DEAD_MS, SimulatedCluster, type SimOptions } from "./simulated-cluster.js";

const RULES = { delayMs: {}, priorityDelayMs: 2000, retryMs: 1000, longestRetryMs: 8000, attempts: 0 };

let cluster: SimulatedCluster;

function boot(options: SimOptions = {}): void {
  cluster = new SimulatedCluster({ fencing: true, fencingRules: RULES, ...options });
  for (const name of cluster.names) cluster.start(name);
  cluster.until(() => cluster.holders().length === 1 && cluster.stable(), 20_000, "served");
}

const named = (name: string) =>
  cluster.events.filter(({ event }) => event.name === name).map(({ node }) => node);
const alive = () => [...cluster.nodes.values()].filter((node) => node.alive).map(({ name }) => name);

/** Runs, and fails as soon as a resource runs on two nodes. */
function runAlone(durationMs: number): void {
  cluster.run(durationMs, () => expect(cluster.holders().length).toBeLessThan(2));
}

beforeEach(() => boot());

describe.each<readonly [string, SimOptions]>([
  ["between Systole nodes", {}],
  ["in heartbeat's protocol", { asHeartbeats: true, failback: "off" }],
])("a cluster that falls into two, %s", (_name, options) => {
  beforeEach(() => boot(options));

  it.each(["master", "cluster1"])("keeps %s, which runs the service, and no other", (owner) => {
    if (cluster.holders()[0] !== owner) {
      cluster.request(owner, "takeover");
      cluster.until(() => cluster.holders()[0] === owner && cluster.stable(), 20_000, "moved");
      cluster.run(3000);
    }
    if (cluster.holders()[0] !== owner) return;
    cluster.cut("master", "cluster1");
    runAlone(20_000);
    expect(alive()).toEqual([owner]);
    expect(cluster.holders()).toEqual([owner]);
  });

  it("waits for a switch that fails, hangs or is caught lying, as long as it does", () => {
    for (const behaviour of ["fails", "hangs", "caught"] as const) {
      cluster.switches.set("master", behaviour);
      if (cluster.nodes.get("master")?.alive === true) cluster.freeze("master");
      runAlone(15_000);
      expect(cluster.holders()).toEqual(["master"]);
      expect(cluster.view("cluster1").fencing).toMatchObject([{ node: "master" }]);
    }
    expect(named("fence.failed").length).toBeGreaterThan(3);
    cluster.switches.clear();
    runAlone(10_000);
    expect(cluster.holders()).toEqual(["cluster1"]);
    expect(cluster.view("cluster1").fencing).toBeUndefined();
  });

  it("goes on when a person says that the node is off", () => {
    cluster.switches.set("master", "fails");
    cluster.kill("master", true);
    cluster.run(10_000);
    expect(cluster.holders()).toEqual([]);
    const id = cluster.fenceBy("cluster1", "fence-confirm", "master");
    expect(cluster.answers.get(id)).toMatchObject({ ok: true });
    cluster.until(() => cluster.holders()[0] === "cluster1", 1000, "taken over");
  });
});

describe("a node that was never heard", () => {
  it("is fenced before anything starts, and once", () => {
    cluster = new SimulatedCluster({ fencing: true, fencingRules: RULES });
    cluster.start("cluster1");
    cluster.until(() => cluster.holders()[0] === "cluster1", 20_000, "served");
    expect(named("fence.done")).toEqual(["cluster1"]);
    const fencedMs = cluster.events.find(({ event }) => event.name === "fence.done")?.atMs ?? Infinity;
    expect(cluster.nowMs).toBeGreaterThanOrEqual(fencedMs);
  });

  it("does not lead two that start apart to fence each other: the first of the configuration stays", () => {
    cluster = new SimulatedCluster({ fencing: true, fencingRules: RULES });
    cluster.cut("master", "cluster1");
    for (const name of cluster.names) cluster.start(name);
    runAlone(20_000);
    expect(alive()).toEqual(["master"]);
    expect(cluster.holders()).toEqual(["master"]);
  });
});

describe("three nodes", () => {
  beforeEach(() => boot({ nodes: ["master", "cluster1", "cluster2"] }));

  it("fence a silent one once, and both survivors know", () => {
    cluster.kill("master");
    cluster.until(
      () => cluster.holders().filter((name) => name !== "master").length === 1,
      5000,
      "taken over",
    );
    cluster.run(5000);
    expect(named("fence.done").toSorted()).toEqual(["cluster1", "cluster2"]);
    expect(
      cluster.events.filter(({ event }) => event.name === "fence.done" && event.fields["by"] === "cluster2"),
    ).toEqual([]);
  });

  it("let the majority go first, without delay", () => {
    cluster.cut("master", "cluster1");
    cluster.cut("master", "cluster2");
    runAlone(DEAD_MS + 1500);
    expect(alive()).toEqual(["cluster1", "cluster2"]);
    runAlone(3000);
    expect(cluster.holders()).toEqual(["cluster1"]);
  });
});

describe("a switch that lies and cannot tell its status", () => {
  it("is shown for what it is when the node is heard again, and one of the two lets go", () => {
    cluster.switches.set("master", "lies");
    cluster.cut("master", "cluster1");
    cluster.switches.set("cluster1", "fails");
    cluster.until(() => cluster.holders().length === 2, 20_000, "the lie does its harm");
    cluster.heal();
    cluster.until(() => cluster.holders().length === 1, 2000, "settled");
    cluster.until(() => named("fence.lied").includes("cluster1"), 5000, "noticed");
  });
});

describe("fencing by hand", () => {
  it("ends a living node, and what it ran starts elsewhere when its silence is noticed", () => {
    const id = cluster.fenceBy("cluster1", "fence", "master");
    cluster.until(() => cluster.answers.has(id), 1000, "answered");
    expect(cluster.answers.get(id)).toMatchObject({
      ok: true,
      reason: expect.stringContaining("master is fenced"),
    });
    expect(alive()).toEqual(["cluster1"]);
    cluster.until(
      () => cluster.holders()[0] === "cluster1",
      DEAD_MS + 1000,
      "taken over without another fence",
    );
    expect(named("fence.done")).toEqual(["cluster1"]);
    cluster.start("master");
    cluster.until(() => named("fence.node-back").includes("cluster1"), 3000, "the survivor notices");
  });

  it("refuses this node itself, and strangers", () => {
    for (const node of ["cluster1", "nobody"]) {
      const id = cluster.fenceBy("cluster1", "fence", node);
      expect(cluster.answers.get(id)).toMatchObject({ ok: false });
    }
  });
});
