// The whole engine speaking heartbeat's R1 protocol: what a mixed cluster relies on.
import { describe, expect, it } from "vitest";
import { DEAD_MS, SimulatedCluster, type SimOptions } from "./simulated-cluster.js";

function boot(options: SimOptions = {}): SimulatedCluster {
  const cluster = new SimulatedCluster({ asHeartbeats: true, ...options });
  cluster.start("master");
  cluster.start("cluster1");
  cluster.until(() => cluster.stable() && cluster.holders().length === 1, 20_000, "stable");
  return cluster;
}

function runs(cluster: SimulatedCluster, node: string): boolean {
  return cluster.holders().length === 1 && cluster.holders()[0] === node;
}

describe("heartbeat's R1 protocol", () => {
  it("starts at home after the protocol's own ten seconds", () => {
    const cluster = boot();
    expect(runs(cluster, "master")).toBe(true);
    expect(cluster.nowMs).toBeGreaterThan(9000);
    expect(
      cluster.events.some(
        ({ event }) => event.name === "protocol.chosen" && event.fields["protocol"] === "r1",
      ),
    ).toBe(true);
  });

  it("hands over on stop, and goes home on return", () => {
    const cluster = boot();
    cluster.stop("master");
    cluster.until(() => runs(cluster, "cluster1") && cluster.left.has("master"), 5000, "cluster1 serves");
    cluster.run(2 * DEAD_MS);
    cluster.start("master");
    cluster.until(() => runs(cluster, "master") && cluster.stable(), 20_000, "home again");
  });

  it("stays with auto_failback off", () => {
    const cluster = boot({ failback: "off" });
    cluster.stop("master");
    cluster.until(() => runs(cluster, "cluster1") && cluster.left.has("master"), 5000, "cluster1 serves");
    cluster.run(2 * DEAD_MS);
    cluster.start("master");
    cluster.run(20_000);
    expect(runs(cluster, "cluster1")).toBe(true);
  });

  it("takes over from a dead node", () => {
    const cluster = boot();
    cluster.kill("master", true);
    cluster.until(() => runs(cluster, "cluster1"), DEAD_MS + 2000, "cluster1 serves");
  });

  it.each(["all", "local"] as const)("standby %s moves the group", (set) => {
    const cluster = boot();
    const id = cluster.request("master", "standby", set);
    cluster.until(() => cluster.answers.has(id), 10_000, "answered");
    expect(cluster.answers.get(id)).toMatchObject({ ok: true });
    expect(runs(cluster, "cluster1")).toBe(true);
  });

  it("takeover fetches it", () => {
    const cluster = boot();
    const id = cluster.request("cluster1", "takeover", "all");
    cluster.until(() => cluster.answers.has(id), 10_000, "answered");
    expect(cluster.answers.get(id)).toMatchObject({ ok: true });
    expect(runs(cluster, "cluster1")).toBe(true);
  });

  it("legacy failback fetches a node's own groups by name", () => {
    const cluster = boot({ failback: "legacy" });
    cluster.stop("master");
    cluster.until(() => runs(cluster, "cluster1") && cluster.left.has("master"), 5000, "cluster1 serves");
    cluster.run(2 * DEAD_MS);
    cluster.start("master");
    cluster.until(() => runs(cluster, "master") && cluster.stable(), 20_000, "home again");
  });

  it("ipfail gives up to the node that reaches more", () => {
    const cluster = boot({ ipfail: true, pingNodes: ["gateway"] });
    cluster.cut("master", "gateway");
    cluster.until(() => runs(cluster, "cluster1"), 10_000, "cluster1 serves");
  });
});

describe("a node that is replaced by Systole in mid-life", () => {
  it("changes to claims without moving what runs", () => {
    const options = { asHeartbeats: true };
    const cluster = new SimulatedCluster(options);
    cluster.start("master");
    cluster.start("cluster1");
    cluster.until(() => cluster.stable() && cluster.holders().length === 1, 20_000, "stable");
    options.asHeartbeats = false;
    cluster.run(3000);
    expect(runs(cluster, "master")).toBe(true);
    expect(cluster.operations.filter((line) => line.includes("stop nginx"))).toEqual([]);
    const id = cluster.request("master", "standby");
    cluster.until(() => cluster.answers.has(id), 500, "the fast path is taken");
    expect(runs(cluster, "cluster1")).toBe(true);
  });
});

describe("fencing in heartbeat's R1 protocol, with a ping node", () => {
  const GUIDED: SimOptions = { fencing: true, isolation: "release", pingNodes: ["gateway"] };
  const fencedBy = (cluster: SimulatedCluster): readonly string[] =>
    cluster.events.filter(({ event }) => event.name === "fence.done").map(({ node }) => node);

  it.each(["master", "cluster1"])("%s is cut off: it fences nobody, and is fenced", (left) => {
    const cluster = boot(GUIDED);
    const other = left === "master" ? "cluster1" : "master";
    cluster.isolate(left);
    cluster.until(() => fencedBy(cluster).length > 0, 30_000, "a node is fenced");
    cluster.run(30_000);
    expect(fencedBy(cluster)).toEqual([other]);
    expect(runs(cluster, other)).toBe(true);
  });

  it("who reaches it fences a dead node as ever, and takes over", () => {
    const cluster = boot(GUIDED);
    cluster.kill("master", true);
    cluster.until(() => runs(cluster, "cluster1"), 10_000, "cluster1 serves");
    expect(fencedBy(cluster)).toEqual(["cluster1"]);
  });
});
