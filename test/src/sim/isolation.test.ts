import { beforeEach, describe, expect, it } from "vitest";
import { bootServing, longestMs, nobodyServes, notOneServes, twoServe } from "./isolation-scene.js";
import { DEAD_MS, KEEPALIVE_MS, SimulatedCluster, type SimOptions } from "./simulated-cluster.js";

const PING: SimOptions = { isolation: "release", pingNodes: ["gateway"], failback: "off" };
const CUT_OFF = { carriers: [{ interface: "eth0", state: "lost" }] } as const;
const CONNECTED = { carriers: [{ interface: "eth0", state: "up" }] } as const;
let cluster: SimulatedCluster;

function boot(options: SimOptions): void {
  cluster = bootServing(options);
}

function runs(node: string): boolean {
  return cluster.serving().join() === node;
}

const watch = (durationMs: number, wrong: (serving: number) => boolean): number =>
  longestMs(cluster, durationMs, wrong);

function operationsOf(node: string, action: string): readonly string[] {
  return cluster.operations.filter((line) => line.startsWith(`${node} ${action} `));
}

describe("a node that the network has left, with a ping node", () => {
  beforeEach(() => boot(PING));

  it("lets go before the other takes over, and never do two serve", () => {
    cluster.isolate("master");
    cluster.until(() => !cluster.serving().includes("master"), DEAD_MS, "master has let go");
    expect(cluster.serving()).toEqual([]);
    expect(watch(2 * DEAD_MS, twoServe)).toBe(0);
    expect(runs("cluster1")).toBe(true);
    expect(cluster.view("master").isolation).toMatchObject({ rule: "released", serves: false });
    expect(cluster.view("cluster1").isolation).toMatchObject({ rule: "granted", serves: true });
  });

  it("changes nothing as long as it hears the other, whatever the ping node does", () => {
    cluster.cut("master", "gateway");
    cluster.cut("cluster1", "gateway");
    expect(watch(5000, notOneServes)).toBe(0);
    expect(operationsOf("master", "stop")).toEqual([]);
  });

  it("on heal finds one owner within a second, with no restart and no outage of the one that served", () => {
    cluster.isolate("master");
    cluster.until(() => runs("cluster1"), 2 * DEAD_MS, "cluster1 serves");
    cluster.run(3000);
    const starts = cluster.operations.filter((line) => line.includes(" start ")).length;
    cluster.heal();
    expect(watch(1000, notOneServes)).toBe(0);
    expect(cluster.stable()).toBe(true);
    expect(cluster.view("master").groups[0]?.owner).toBe("cluster1");
    expect(cluster.operations.filter((line) => line.includes(" start "))).toHaveLength(starts);
  });

  it("on heal waits to hear the other, although the ping node answers a second before", () => {
    cluster.isolate("master");
    cluster.until(() => runs("cluster1"), 2 * DEAD_MS, "cluster1 serves");
    cluster.run(3000);
    cluster.cuts.delete("master>gateway");
    cluster.cuts.delete("gateway>master");
    expect(watch(DEAD_MS, notOneServes)).toBe(0);
    cluster.heal();
    expect(watch(2 * DEAD_MS, notOneServes)).toBe(0);
    expect(runs("cluster1")).toBe(true);
  });

  it("goes home after the heal with auto_failback on, handed over and never by two", () => {
    boot({ ...PING, failback: "on" });
    cluster.isolate("master");
    cluster.until(() => runs("cluster1"), 2 * DEAD_MS, "cluster1 serves");
    cluster.heal();
    expect(watch(1000, twoServe)).toBe(0);
    expect(runs("master")).toBe(true);
  });

  it("alone with the ping node, after the other has died, it serves on; without it lets go, and serves again after it", () => {
    cluster.kill("cluster1", true);
    cluster.run(3000);
    expect(runs("master")).toBe(true);
    cluster.cut("master", "gateway");
    cluster.until(() => cluster.serving().length === 0, DEAD_MS + KEEPALIVE_MS, "let go");
    cluster.heal();
    cluster.run(DEAD_MS);
    expect(cluster.serving()).toEqual([]);
    cluster.until(() => runs("master"), 5 * KEEPALIVE_MS, "serves again");
  });

  it("a goodbye is no promise for ever: without the ping node the last one lets go too", () => {
    cluster.stop("cluster1");
    expect(watch(3000, nobodyServes)).toBe(0);
    cluster.cut("master", "gateway");
    cluster.until(() => cluster.serving().length === 0, DEAD_MS, "let go");
  });

  it("takes nothing at a start without the ping node", () => {
    cluster = new SimulatedCluster(PING);
    cluster.cut("cluster1", "gateway");
    cluster.start("cluster1");
    cluster.run(10_000);
    expect(cluster.holders()).toEqual([]);
    expect(cluster.view("cluster1").why).toContain("no quorum can be reached");
    cluster.heal();
    cluster.until(() => runs("cluster1"), DEAD_MS + 5 * KEEPALIVE_MS, "serves with it");
  });

  it("both serve when only the nodes lose each other: that is what a quorum that grants to one side is for", () => {
    cluster.cut("master", "cluster1");
    cluster.run(3000);
    expect(cluster.serving()).toEqual(["master", "cluster1"]);
  });

  it("a node that hears nobody and is heard gives its groups to the other", () => {
    cluster.cuts.add("cluster1>master").add("master>gateway");
    cluster.until(() => runs("cluster1"), DEAD_MS + 10 * KEEPALIVE_MS, "cluster1 serves");
    expect(watch(3000, notOneServes)).toBe(0);
    cluster.heal();
    cluster.run(1000);
    expect(runs("cluster1") && cluster.stable()).toBe(true);
  });
});

describe("a node without carrier", () => {
  it("lets go at once, and the other takes over after deadtime", () => {
    boot(PING);
    cluster.isolate("master");
    cluster.observe("master", CUT_OFF);
    cluster.until(() => cluster.serving().length === 0, 2 * cluster.operationMs + 5, "master has let go");
    expect(watch(2 * DEAD_MS, twoServe)).toBe(0);
    expect(runs("cluster1")).toBe(true);
    cluster.heal();
    cluster.observe("master", CONNECTED);
    expect(watch(1000, notOneServes)).toBe(0);
  });

  it("that has it back before deadtime serves again when it has heard the other, and nothing moves", () => {
    boot(PING);
    cluster.isolate("master");
    cluster.observe("master", CUT_OFF);
    cluster.run(300);
    cluster.heal();
    cluster.observe("master", CONNECTED);
    cluster.until(() => runs("master"), 3 * KEEPALIVE_MS, "master serves again");
    expect(watch(3000, notOneServes)).toBe(0);
    expect(operationsOf("cluster1", "start")).toEqual([]);
  });

  it("keeps what it has and takes nothing where isolation says hold", () => {
    boot({ isolation: "hold" });
    cluster.isolate("cluster1");
    cluster.observe("cluster1", CUT_OFF);
    cluster.run(5000);
    expect(runs("master")).toBe(true);
    expect(cluster.view("cluster1").isolation).toMatchObject({ rule: "cut-off-held" });
  });

  it("fences nobody", () => {
    boot({ isolation: "hold", fencing: true });
    cluster.isolate("cluster1");
    cluster.observe("cluster1", CUT_OFF);
    cluster.run(5000);
    const fences = cluster.events.filter(
      ({ node, event }) => node === "cluster1" && event.name === "fence.done",
    );
    expect(fences).toEqual([]);
    cluster.heal();
    cluster.observe("cluster1", CONNECTED);
    cluster.run(2000);
    expect(runs("master") && cluster.stable()).toBe(true);
  });
});

describe("a node that was away for longer than deadtime", () => {
  it("lets go, and starts nothing again before it knows who serves", () => {
    boot(PING);
    cluster.freeze("master");
    cluster.run(9000);
    expect(runs("cluster1")).toBe(true);
    cluster.operations.length = 0;
    cluster.thaw("master");
    expect(cluster.operations).toContain("master stop nginx");
    expect(watch(3000, twoServe)).toBeLessThan(3 * cluster.operationMs);
    expect(operationsOf("master", "start")).toEqual([]);
    expect(runs("cluster1")).toBe(true);
  });

  it("serves again after it has heard that nobody else does", () => {
    boot({ ...PING, isolation: "hold" });
    cluster.kill("cluster1", true);
    cluster.run(3000);
    cluster.freeze("master");
    cluster.run(5000);
    cluster.start("cluster1");
    cluster.run(100);
    cluster.thaw("master");
    cluster.until(() => cluster.serving().length === 0, 100, "it has let go");
    cluster.until(() => cluster.serving().length === 1, 5000, "one of them serves");
    expect(watch(5000, notOneServes)).toBe(0);
  });

  it("that hears nobody afterwards waits for deadtime, and then does what isolation says", () => {
    boot({ isolation: "hold", failback: "off" });
    cluster.freeze("master");
    cluster.run(4000);
    cluster.isolate("master");
    cluster.thaw("master");
    cluster.run(DEAD_MS - 50);
    expect(cluster.serving()).toEqual(["cluster1"]);
    expect(cluster.view("master").isolation).toMatchObject({ rule: "returned", serves: false });
    cluster.run(300);
    expect(cluster.serving()).toEqual(["master", "cluster1"]);
  });

  it("is the same when the machine was suspended and no timer was late", () => {
    boot(PING);
    cluster.observe("master", { ...CONNECTED, suspendedMs: 0 });
    cluster.operations.length = 0;
    cluster.observe("master", { ...CONNECTED, suspendedMs: 5 * DEAD_MS });
    cluster.until(() => cluster.serving().length === 0, 50, "it has let go");
    expect(cluster.view("master").self).toMatchObject({ suspendedMs: 5 * DEAD_MS });
    cluster.until(() => runs("master"), 1000, "serves again, for the other has taken nothing");
  });

  it("nothing happens when it was away for less", () => {
    boot(PING);
    cluster.freeze("master");
    cluster.run(DEAD_MS - 2 * KEEPALIVE_MS);
    cluster.thaw("master");
    expect(watch(2000, notOneServes)).toBe(0);
    expect(operationsOf("master", "stop")).toEqual([]);
  });
});
