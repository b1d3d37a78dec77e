// Failures that need more than a restart: stops that fail, operators who clean up, and a peer that speaks heartbeat's protocol.
import { beforeEach, describe, expect, it } from "vitest";
import {
  BROKEN,
  boot,
  cluster,
  crash,
  crashAndRecover,
  moves,
  named,
  serves,
  SOON_MS,
} from "./recovery-scene.js";

beforeEach(() => boot());

describe("a stop that fails", () => {
  it("on the way to a restart is shown, tried again, and nothing starts elsewhere", () => {
    cluster.failures.set("master nginx stop", { ok: false, kind: "timeout", reason: "will not die" });
    cluster.failures.set("master nginx status", BROKEN);
    cluster.run(30_000);
    expect(cluster.holders("10.0.0.1")).toEqual(["master"]);
    expect(cluster.holders()).toEqual(["master"]);
    const [group] = cluster.view("cluster1").groups;
    expect(group).toMatchObject({ state: "failed", owner: "master" });
    expect(group?.why).toContain("cannot be stopped");
    cluster.failures.clear();
    cluster.until(() => serves("master") && cluster.stable(), 40_000, "served again");
  });

  it("with fence devices ends with the node fenced and the group on the other", () => {
    boot({}, { fencing: true });
    cluster.failures.set("master nginx stop", { ok: false, kind: "timeout", reason: "will not die" });
    cluster.failures.set("master nginx status", BROKEN);
    cluster.until(() => serves("cluster1"), 30_000, "moved");
    expect(cluster.nodes.get("master")?.alive).toBe(false);
  });
});

describe("cleanup", () => {
  it("forgets the failures of every node, from any node", () => {
    for (let count = 0; count < 3; count += 1) crashAndRecover("master");
    crashAndRecover("cluster1");
    const id = cluster.cleanup("cluster1");
    expect(cluster.answers.get(id)).toMatchObject({ ok: true });
    cluster.run(1000);
    for (const name of cluster.names) expect(cluster.view(name).groups[0]?.failures).toBeUndefined();
    expect(serves("cluster1")).toBe(true);
  });

  it("ends a hold-down", () => {
    boot({ migrationThreshold: 0 });
    cluster.failures.set("master nginx status", BROKEN);
    cluster.run(60_000);
    cluster.failures.clear();
    cluster.until(() => cluster.holders().length === 0, 40_000, "held down");
    cluster.cleanup("cluster1", "10.0.0.1");
    cluster.until(() => serves("master"), 1000, "served at once");
  });

  it("names what there is when asked for what there is not", () => {
    const id = cluster.cleanup("master", "apache");
    expect(cluster.answers.get(id)).toEqual({
      ok: false,
      reason: "there is no group or resource apache; the groups are 10.0.0.1",
    });
  });
});

describe("by heartbeat's protocol", () => {
  beforeEach(() => boot({}, { asHeartbeats: true }));

  it("a failure is mended in place", () => {
    crash("master");
    cluster.until(() => serves("master"), SOON_MS, "served again");
    expect(moves()).toEqual(["master stop nginx", "master start nginx"]);
  });

  it("after the threshold the other node takes over by a standby", () => {
    for (let count = 0; count < 3; count += 1) crashAndRecover("master");
    cluster.until(() => serves("cluster1"), 5000, "moved");
    cluster.run(30_000);
    expect(serves("cluster1")).toBe(true);
  });

  it("what fails everywhere is not thrown back and forth, and is served again when the fault ends", () => {
    cluster.failures.set("master nginx status", BROKEN);
    cluster.failures.set("cluster1 nginx status", BROKEN);
    cluster.run(120_000);
    expect(named("r1.standby-given").length).toBeLessThanOrEqual(2);
    cluster.failures.clear();
    cluster.until(() => (serves("master") || serves("cluster1")) && cluster.stable(), 65_000, "served again");
  });

  it("on-fail stop stays down until an operator cleans up", () => {
    boot({ onFail: "stop" }, { asHeartbeats: true });
    crash("master");
    cluster.run(30_000);
    expect(cluster.holders("10.0.0.1")).toEqual([]);
    cluster.cleanup("cluster1");
    cluster.until(() => serves("master"), 1000, "served");
  });
});
