// Two nodes and a witness, row by row: who hears whom decides who serves.
import { beforeEach, describe, expect, it } from "vitest";
import { bootServing, longestMs, nobodyServes, notOneServes, twoServe } from "./isolation-scene.js";
import type { SimulatedWitness } from "@systole/sim";
import { DEAD_MS, MARGIN_MS, newWitness, TTL_MS, type SimulatedCluster } from "./simulated-cluster.js";

const HOUR_MS = 3_600_000;
let witness: SimulatedWitness;
let cluster: SimulatedCluster;

beforeEach(() => {
  witness = newWitness();
  cluster = bootServing({ isolation: "release", witness, failback: "off" });
});

const watch = (durationMs: number, wrong: (serving: number) => boolean): number =>
  longestMs(cluster, durationMs, wrong);

describe("while the nodes hear each other", () => {
  it("the witness is asked nothing, and may be lost", () => {
    cluster.run(HOUR_MS / 60);
    expect(witness.asked).toBe(0);
    for (const name of cluster.names) cluster.cut(name, "witness");
    expect(watch(5 * DEAD_MS, notOneServes)).toBe(0);
    expect(cluster.view("master").isolation).toMatchObject({ rule: "in-company", serves: true });
  });
});

describe("when the nodes are cut from each other", () => {
  it.each(["master", "cluster1"])("%s, which serves, serves on, and the other starts nothing", (owner) => {
    if (owner === "cluster1") cluster.request("cluster1", "takeover");
    cluster.run(1000);
    expect(cluster.serving()).toEqual([owner]);
    cluster.operations.length = 0;
    cluster.cut("master", "cluster1");
    expect(watch(5 * TTL_MS, notOneServes)).toBe(0);
    expect(cluster.serving()).toEqual([owner]);
    expect(cluster.operations.filter((line) => / (start|stop) /.test(line))).toEqual([]);
    const other = owner === "master" ? "cluster1" : "master";
    expect(cluster.view(other).isolation).toMatchObject({ rule: "denied", serves: false });
  });

  it("nothing moves when they hear each other again, and the lease is given back", () => {
    cluster.cut("master", "cluster1");
    cluster.run(2 * TTL_MS);
    cluster.heal();
    expect(watch(2 * DEAD_MS, notOneServes)).toBe(0);
    cluster.request("cluster1", "takeover");
    cluster.run(500);
    cluster.cut("master", "cluster1");
    expect(watch(2 * TTL_MS, twoServe)).toBe(0);
    expect(cluster.serving()).toEqual(["cluster1"]);
  });

  it("nothing moves when one hears the other some time before it is heard itself", () => {
    cluster.cut("master", "cluster1");
    cluster.run(2 * TTL_MS);
    cluster.operations.length = 0;
    cluster.cuts.delete("cluster1>master");
    expect(watch(DEAD_MS - 100, notOneServes)).toBe(0);
    cluster.heal();
    expect(watch(3000, notOneServes)).toBe(0);
    expect(cluster.operations.filter((line) => / (start|stop) /.test(line))).toEqual([]);
  });

  it("and the one that serves dies, the other serves when the lease is over", () => {
    cluster.cut("master", "cluster1");
    cluster.run(2 * TTL_MS);
    cluster.kill("master", true);
    const tookMs = cluster.until(
      () => cluster.serving().join() === "cluster1",
      TTL_MS + 3 * DEAD_MS,
      "taken over",
    );
    expect(tookMs).toBeGreaterThan(MARGIN_MS);
  });

  it("and then also from the witness, nobody serves, and one does when the witness is back", () => {
    cluster.cut("master", "cluster1");
    cluster.run(TTL_MS);
    for (const name of cluster.names) cluster.cut(name, "witness");
    cluster.until(() => cluster.serving().length === 0, TTL_MS, "let go");
    expect(watch(2 * TTL_MS, (serving) => !nobodyServes(serving))).toBe(0);
    for (const name of cluster.names) {
      cluster.cuts.delete(`${name}>witness`);
      cluster.cuts.delete(`witness>${name}`);
    }
    cluster.until(() => cluster.serving().length === 1, 2 * TTL_MS, "one serves");
    expect(watch(2 * TTL_MS, notOneServes)).toBe(0);
  });
});

describe("a node that is cut from the other and from the witness", () => {
  it("lets go before the other takes over", () => {
    cluster.isolate("master");
    cluster.cut("master", "witness");
    expect(watch(DEAD_MS + 500, twoServe)).toBe(0);
    expect(cluster.serving()).toEqual(["cluster1"]);
    expect(cluster.view("cluster1").isolation).toMatchObject({ rule: "granted" });
    cluster.heal();
    expect(watch(3000, notOneServes)).toBe(0);
  });

  it("does so also when the witness hears it and its answers get lost", () => {
    cluster.isolate("master");
    cluster.cuts.add("witness>master");
    expect(watch(3 * TTL_MS, twoServe)).toBe(0);
    expect(cluster.view("master").isolation).toMatchObject({ serves: false });
  });

  it("serves on where it is the other that has been lost, as long as it has the witness", () => {
    cluster.kill("cluster1", true);
    expect(watch(5 * TTL_MS, notOneServes)).toBe(0);
    cluster.cut("master", "witness");
    cluster.until(() => cluster.serving().length === 0, TTL_MS - MARGIN_MS + 50, "let go");
  });
});

describe("a witness whose store is lost", () => {
  it("while a lease is out: nobody else serves before it is over", () => {
    cluster.cut("master", "cluster1");
    cluster.run(TTL_MS);
    witness.wipe();
    expect(watch(4 * TTL_MS, twoServe)).toBe(0);
    expect(cluster.serving()).toHaveLength(1);
  });
});

describe("what it costs", () => {
  it("a node that is alone asks at half of each lease, and no more often", () => {
    cluster.kill("cluster1", true);
    cluster.run(HOUR_MS / 10);
    const leases = HOUR_MS / 10 / ((TTL_MS - MARGIN_MS) / 2);
    expect(witness.asked).toBeGreaterThan(leases * 0.9);
    expect(witness.asked).toBeLessThan(leases * 1.1);
  });
});
