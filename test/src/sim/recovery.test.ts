// Resources that fail while they run: restarted where they are, moved when that does not help, never in two places, and
// never thrown back and forth.
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
import { DEAD_MS } from "./simulated-cluster.js";

beforeEach(() => boot());

describe("one failure", () => {
  it("is mended where it happened, and what did not fail is left alone", () => {
    const tookMs = crashAndRecover("master");
    expect(tookMs).toBeLessThan(SOON_MS);
    expect(serves("master")).toBe(true);
    expect(moves()).toEqual(["master stop nginx", "master start nginx"]);
    expect(cluster.events.map(({ event }) => event.name)).toEqual(["resource.failed", "resource.recovered"]);
  });

  it("takes what depends on it down and up again, in order", () => {
    cluster.crash("master", "10.0.0.1");
    cluster.until(() => serves("master"), SOON_MS, "the address is back");
    expect(moves()).toEqual([
      "master stop nginx",
      "master stop 10.0.0.1",
      "master start 10.0.0.1",
      "master start nginx",
    ]);
  });

  it("is counted and shown on both nodes, and forgotten after the failure timeout", () => {
    boot({ failureTimeoutMs: 20_000 });
    crashAndRecover("master");
    cluster.run(500);
    for (const name of cluster.names) {
      const [group] = cluster.view(name).groups;
      expect(group?.resources[1]).toMatchObject({ name: "nginx", failures: 1 });
      expect(group?.failures).toEqual([{ node: "master", count: 1, exhausted: false }]);
    }
    cluster.run(21_000);
    for (const name of cluster.names) expect(cluster.view(name).groups[0]?.failures).toBeUndefined();
    expect(named("resource.failures-forgotten")).toEqual(["master"]);
  });

  it("a monitor that times out counts, and is called so", () => {
    cluster.failures.set("master nginx status", { ok: false, kind: "timeout", reason: "no answer in 20 s" });
    cluster.until(() => named("resource.failed").length === 1, SOON_MS, "seen");
    const [failed] = cluster.events;
    expect(failed?.event.fields["reason"]).toBe("its monitor timed out: no answer in 20 s");
  });

  it("moves the group at once when it cannot be started again here", () => {
    cluster.failures.set("master nginx start", {
      ok: false,
      kind: "not-here",
      reason: "configuration broken",
    });
    crash("master");
    cluster.until(() => serves("cluster1"), SOON_MS, "moved");
    cluster.failures.clear();
    cluster.run(30_000);
    expect(serves("cluster1")).toBe(true);
  });

  it("on a node that is alone is mended with patience when it cannot be started again", () => {
    cluster.kill("cluster1", true);
    cluster.run(2 * DEAD_MS);
    cluster.failures.set("master nginx start", BROKEN);
    crash("master");
    cluster.run(20_000);
    expect(cluster.view("master").groups[0]?.why).toMatch(/held down for \d+ s/);
    cluster.failures.clear();
    cluster.until(() => serves("master"), 40_000, "served again");
  });
});

describe("failures again and again", () => {
  it("move the group after the threshold, and it stays there", () => {
    crashAndRecover("master");
    crashAndRecover("master");
    expect(serves("master")).toBe(true);
    crashAndRecover("master");
    expect(serves("cluster1")).toBe(true);
    expect(named("group.moved-after-failures")).toEqual(["master"]);
    cluster.run(30_000);
    expect(serves("cluster1")).toBe(true);
    expect(cluster.view("cluster1").groups[0]?.failures).toEqual([
      { node: "master", count: 3, exhausted: true },
    ]);
  });

  it("everywhere: one move to each node, then ever longer pauses, and served again when the fault ends", () => {
    cluster.failures.set("master nginx status", BROKEN);
    cluster.failures.set("cluster1 nginx status", BROKEN);
    cluster.run(150_000);
    expect(named("group.moved-after-failures")).toEqual(["master"]);
    const starts = cluster.operations.filter((line) => line.endsWith("start nginx"));
    expect(starts.length).toBeGreaterThan(6);
    expect(starts.length).toBeLessThan(20);
    expect(cluster.view("cluster1").groups[0]?.why).toContain("nginx failed");
    cluster.failures.clear();
    cluster.until(() => serves("cluster1") && cluster.stable(), 65_000, "served again");
  });

  it("restarts are held down longer each time, up to a minute", () => {
    boot({ migrationThreshold: 0 });
    cluster.failures.set("master nginx status", BROKEN);
    cluster.run(200_000);
    const pauses = cluster.events.flatMap(({ event }) =>
      event.name === "resource.held-down" ? [event.fields["restartInMs"]] : [],
    );
    expect(pauses.slice(0, 8)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    expect(serves("cluster1")).toBe(false);
  });

  it("do not keep it from the only node that lives", () => {
    for (let count = 0; count < 3; count += 1) crashAndRecover("master");
    cluster.kill("cluster1", true);
    cluster.until(() => serves("master"), 2 * DEAD_MS, "back on the node that is left");
  });
});

describe("what is set for a resource", () => {
  it("on-fail move: to the other node at the first failure", () => {
    boot({ onFail: "move" });
    crash("master");
    cluster.until(() => serves("cluster1"), SOON_MS, "moved");
    crash("cluster1");
    cluster.until(() => serves("master"), SOON_MS + 1000, "and back, for it has not failed too often there");
  });

  it("on-fail stop: stays down on every node, also when the node dies, until an operator cleans up", () => {
    boot({ onFail: "stop" });
    crash("master");
    cluster.until(() => cluster.holders("10.0.0.1").length === 0, SOON_MS, "down");
    cluster.run(1000);
    for (const name of cluster.names) expect(cluster.view(name).groups[0]).toMatchObject({ state: "failed" });
    expect(cluster.view("cluster1").groups[0]?.why).toContain("systole cleanup");
    cluster.kill("master", true);
    cluster.run(30_000);
    expect(cluster.holders()).toEqual([]);
    cluster.cleanup("cluster1", "nginx");
    cluster.until(() => serves("cluster1"), 1000, "served");
  });

  it("on-fail stop: a takeover starts it, too", () => {
    boot({ onFail: "stop" });
    crash("master");
    cluster.run(5000);
    expect(cluster.holders()).toEqual([]);
    const id = cluster.request("cluster1", "takeover", "all");
    cluster.until(() => cluster.answers.has(id), 2000, "answered");
    expect(cluster.answers.get(id)).toMatchObject({ ok: true });
    expect(serves("cluster1")).toBe(true);
  });

  it("on-fail ignore: it is said once, shown, and left alone", () => {
    boot({ onFail: "ignore" });
    crash("master");
    cluster.run(10_000);
    expect(moves()).toEqual([]);
    expect(named("resource.failed")).toEqual(["master"]);
    expect(cluster.view("master").groups[0]?.resources[1]).toMatchObject({ state: "started", failures: 1 });
    cluster.nodes.get("master")?.running.add("nginx");
    cluster.run(2000);
    expect(named("resource.recovered")).toEqual(["master"]);
  });

  it("on-fail fence without devices: it is let go of, and said", () => {
    boot({ onFail: "fence" });
    crash("master");
    cluster.until(() => serves("cluster1"), SOON_MS, "moved");
    expect(named("fence.not-configured")).toEqual(["master"]);
  });

  it("on-fail fence with devices: the node is fenced before the other starts it", () => {
    boot({ onFail: "fence" }, { fencing: true });
    crash("master");
    cluster.until(() => serves("cluster1"), SOON_MS + 2 * DEAD_MS, "moved");
    expect(cluster.nodes.get("master")?.alive).toBe(false);
    expect(named("fence.done")).toEqual(["cluster1"]);
  });

  it("monitor never: nothing is asked", () => {
    boot({ monitorEveryMs: 0 });
    crash("master");
    cluster.run(60_000);
    expect(cluster.operations).toEqual([]);
  });
});
