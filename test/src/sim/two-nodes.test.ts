import { beforeEach, describe, expect, it } from "vitest";
import { DEAD_MS, KEEPALIVE_MS, SimulatedCluster, type SimOptions } from "./simulated-cluster.js";

let cluster: SimulatedCluster;

function boot(options: SimOptions = {}): void {
  cluster = new SimulatedCluster(options);
  cluster.start("master");
  cluster.start("cluster1");
  cluster.until(() => cluster.stable(), 1000, "both nodes are up and stable");
}

function runs(node: string): boolean {
  return cluster.holders().length === 1 && cluster.holders()[0] === node;
}

beforeEach(() => boot());

describe("cold start", () => {
  it("brings the group up at home within a second, in order, once", () => {
    expect(runs("master")).toBe(true);
    const starts = cluster.operations.filter((line) => line.includes(" start "));
    expect(starts).toEqual(["master start 10.0.0.1", "master start nginx"]);
    expect(cluster.nowMs).toBeLessThan(500);
  });

  it("gives up waiting for a node that never comes", () => {
    cluster = new SimulatedCluster();
    cluster.start("cluster1");
    cluster.run(1900);
    expect(cluster.holders()).toEqual([]);
    cluster.until(() => runs("cluster1"), 300, "cluster1 serves alone after initdead");
  });

  it("stops what an earlier life left behind before anybody starts it", () => {
    cluster = new SimulatedCluster();
    cluster.start("cluster1");
    cluster.nodes.get("cluster1")?.running.add("nginx");
    cluster.start("master");
    cluster.until(() => cluster.stable(), 1000, "stable");
    expect(runs("master")).toBe(true);
    expect(cluster.operations).toContain("cluster1 stop nginx");
  });
});

describe("stop and return", () => {
  it("hands over at once, in reverse order, and leaves cleanly", () => {
    cluster.operations.length = 0;
    cluster.stop("master");
    const tookMs = cluster.until(() => runs("cluster1"), 500, "cluster1 serves");
    expect(tookMs).toBeLessThan(100);
    expect(cluster.operations.slice(0, 4)).toEqual([
      "master stop nginx",
      "master stop 10.0.0.1",
      "cluster1 start 10.0.0.1",
      "cluster1 start nginx",
    ]);
    expect(cluster.left.get("master")).toBe(true);
    expect(cluster.view("cluster1").nodes[1]).toMatchObject({ state: "dead", reason: "stopped" });
  });

  it("goes home when the node returns, with auto_failback on", () => {
    cluster.stop("master");
    cluster.until(() => runs("cluster1"), 500, "cluster1 serves");
    cluster.start("master");
    cluster.until(() => runs("master") && cluster.stable(), 1000, "master serves again");
  });

  it("stays with auto_failback off", () => {
    boot({ failback: "off" });
    cluster.stop("master");
    cluster.until(() => runs("cluster1"), 500, "cluster1 serves");
    cluster.start("master");
    cluster.run(5000);
    expect(runs("cluster1")).toBe(true);
    expect(cluster.stable()).toBe(true);
  });
});

describe("death and partition", () => {
  it("takes over within deadtime when the machine dies", () => {
    cluster.kill("master", true);
    const tookMs = cluster.until(() => runs("cluster1"), DEAD_MS + 500, "cluster1 serves");
    expect(tookMs).toBeLessThanOrEqual(DEAD_MS + 50);
  });

  it("settles a healed partition without an outage, and the group ends at home", () => {
    cluster.cut("master", "cluster1");
    cluster.run(3000);
    expect(cluster.holders()).toEqual(["master", "cluster1"]);
    cluster.heal();
    let gapMs = 0;
    cluster.run(1000, () => {
      if (cluster.holders().length === 0) gapMs += 1;
    });
    expect(gapMs).toBe(0);
    expect(runs("master")).toBe(true);
    expect(cluster.operations.filter((line) => line.includes("announce"))).not.toEqual([]);
  });

  it("lets the later claim win with auto_failback off", () => {
    boot({ failback: "off" });
    cluster.cut("master", "cluster1");
    cluster.run(3000);
    cluster.heal();
    cluster.until(() => runs("cluster1"), 1000, "one holder");
    expect(
      cluster.events.some(({ event, node }) => event.name === "group.yielded" && node === "master"),
    ).toBe(true);
    cluster.until(() => cluster.stable(), 1000, "stable");
    expect(cluster.operations.at(-1)).toContain("cluster1 announce");
  });

  it("an active node that froze past deadtime lets go when it wakes", () => {
    boot({ failback: "off" });
    cluster.freeze("master");
    cluster.run(4000);
    cluster.thaw("master");
    cluster.until(() => runs("cluster1"), 500, "one holder");
    expect(cluster.events.some(({ event }) => event.name === "self.late")).toBe(true);
  });

  it("does not accuse a peer after its own freeze", () => {
    cluster.freeze("cluster1");
    cluster.run(900);
    cluster.thaw("cluster1");
    cluster.run(500);
    expect(cluster.view("cluster1").nodes[1]).toMatchObject({ name: "master", state: "active" });
  });

  it("survives 20 % loss for two minutes without a false death", () => {
    cluster.loss = 0.2;
    cluster.run(120_000);
    const deaths = cluster.events.filter(
      ({ event }) => event.name === "node.changed" && event.fields["to"] === "dead",
    );
    expect(deaths).toEqual([]);
    expect(runs("master")).toBe(true);
  });

  it("starts nothing before a fence has succeeded", () => {
    boot({ fencing: true });
    cluster.switches.set("master", "fails");
    cluster.kill("master", true);
    cluster.run(4000);
    expect(cluster.holders()).toEqual([]);
    expect(cluster.view("cluster1").why).toContain("fenced");
    cluster.switches.clear();
    cluster.until(() => runs("cluster1"), 6000, "cluster1 serves after the fence");
  });
});

describe("ping nodes and ipfail", () => {
  const options = { ipfail: true, pingNodes: ["gateway"] };

  it("gives the group to the node that reaches more, and takes it home afterwards", () => {
    boot(options);
    cluster.cut("master", "gateway");
    cluster.until(() => runs("cluster1"), DEAD_MS + 1000, "cluster1 serves");
    cluster.run(2000);
    expect(runs("cluster1")).toBe(true);
    cluster.heal();
    cluster.until(() => runs("master") && cluster.stable(), 2000, "home again");
  });

  it("stays when both lose it", () => {
    boot(options);
    cluster.cut("master", "gateway");
    cluster.cut("cluster1", "gateway");
    cluster.run(5000);
    expect(runs("master")).toBe(true);
    expect(cluster.operations.filter((line) => line.includes("stop"))).toEqual([]);
  });
});

describe("operators", () => {
  it("standby moves the group and is answered when it is done", () => {
    const id = cluster.request("master", "standby", "all");
    expect(cluster.answers.get(id)).toBeUndefined();
    cluster.until(() => cluster.answers.has(id), 1000, "answered");
    expect(cluster.answers.get(id)).toMatchObject({ ok: true });
    expect(runs("cluster1")).toBe(true);
    cluster.run(3000);
    expect(runs("cluster1")).toBe(true);
  });

  it("takeover fetches it", () => {
    const id = cluster.request("cluster1", "takeover", "foreign");
    cluster.until(() => cluster.answers.has(id), 1000, "answered");
    expect(cluster.answers.get(id)).toMatchObject({ ok: true });
    expect(runs("cluster1")).toBe(true);
  });

  it("a set without groups is done at once", () => {
    const id = cluster.request("master", "standby", "foreign");
    expect(cluster.answers.get(id)).toMatchObject({ ok: true });
    expect(runs("master")).toBe(true);
  });

  it("standby is refused with the reason when nobody can take over", () => {
    cluster.kill("cluster1", true);
    cluster.run(2 * DEAD_MS);
    const id = cluster.request("master", "standby");
    expect(cluster.answers.get(id)).toMatchObject({
      ok: false,
      reason: expect.stringContaining("cluster1 is dead"),
    });
    expect(runs("master")).toBe(true);
  });
});

describe("resources that fail", () => {
  const failure = { ok: false, kind: "not-here", reason: "nginx: configuration broken" } as const;

  it("a failed start moves the group to the other node", () => {
    cluster = new SimulatedCluster();
    cluster.failures.set("master nginx start", failure);
    cluster.start("master");
    cluster.start("cluster1");
    cluster.until(() => runs("cluster1") && cluster.stable(), 1000, "cluster1 serves");
    expect(cluster.holders("10.0.0.1")).toEqual(["cluster1"]);
    cluster.run(10_000);
    expect(runs("cluster1")).toBe(true);
  });

  it("a standby that fails over there is answered with that node's words, and the group comes back", () => {
    cluster.failures.set("cluster1 nginx start", failure);
    const id = cluster.request("master", "standby");
    cluster.until(() => cluster.answers.has(id), 2000, "answered");
    expect(cluster.answers.get(id)).toMatchObject({ ok: false });
    cluster.until(() => runs("master"), 1000, "back");
  });

  it("a stop that fails is never followed by a start elsewhere", () => {
    cluster.failures.set("master nginx stop", { ok: false, kind: "error", reason: "will not die" });
    cluster.request("master", "standby");
    cluster.run(60_000);
    expect(cluster.holders()).toEqual(["master"]);
    cluster.failures.clear();
    cluster.until(() => runs("cluster1"), 40_000, "moved once it could be stopped");
  });

  it("what fails everywhere is tried again at a bounded rate", () => {
    cluster = new SimulatedCluster();
    cluster.failures.set("master nginx start", failure);
    cluster.failures.set("cluster1 nginx start", failure);
    cluster.start("master");
    cluster.start("cluster1");
    cluster.run(100_000);
    const starts = cluster.operations.filter((line) => line.endsWith("start nginx")).length;
    expect(starts).toBeGreaterThanOrEqual(3);
    expect(starts).toBeLessThan(12);
    cluster.failures.clear();
    cluster.until(() => cluster.holders().length === 1 && cluster.stable(), 40_000, "served again");
  });
});

it("is quiet: a node at rest sends a status every keepalive and little else", () => {
  const before = cluster.view("master").nodes.length;
  expect(before).toBe(2);
  const sent = cluster.events.length;
  cluster.run(100 * KEEPALIVE_MS);
  expect(cluster.events.length).toBe(sent);
});
