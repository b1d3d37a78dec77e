import { describe, expect, it } from "vitest";
import type { QuorumAnswer, QuorumQuestion } from "@systole/core/ports";
import { bootServing, longestMs, notOneServes, twoServe } from "./isolation-scene.js";
import { DEAD_MS, SimulatedCluster, type SimOptions } from "./simulated-cluster.js";

let cluster: SimulatedCluster;

function boot(options: SimOptions): void {
  cluster = bootServing(options);
}

function runs(node: string): boolean {
  return cluster.serving().join() === node;
}

const watch = (durationMs: number, wrong: (serving: number) => boolean): number =>
  longestMs(cluster, durationMs, wrong);

describe("isolation: fence", () => {
  it("takes nothing of an unseen node before it is fenced, also at a start", () => {
    cluster = new SimulatedCluster({ isolation: "fence", fencing: true });
    cluster.switches.set("master", "fails");
    cluster.start("cluster1");
    cluster.run(8000);
    expect(cluster.holders()).toEqual([]);
    cluster.switches.clear();
  });

  it("takes over when the fence is confirmed", () => {
    boot({ isolation: "fence", fencing: true });
    cluster.kill("master", true);
    cluster.until(() => runs("cluster1"), DEAD_MS + 500, "cluster1 serves");
    expect(cluster.events.map(({ event }) => event.name)).toContain("fence.done");
  });
});

function majority({ nodes, alive }: QuorumQuestion): QuorumAnswer {
  return alive.length * 2 > nodes.length ? { kind: "granted" } : { kind: "denied" };
}

const THREE: SimOptions = {
  nodes: ["master", "cluster1", "cluster2"],
  isolation: "release",
  quorum: majority,
  failback: "off",
};

describe("a majority of three", () => {
  it("one that is left alone lets go before the two take over", () => {
    boot(THREE);
    cluster.isolate("master");
    expect(watch(3 * DEAD_MS, twoServe)).toBe(0);
    expect(runs("cluster1")).toBe(true);
    expect(cluster.view("master").isolation).toMatchObject({ rule: "denied" });
    cluster.heal();
    expect(watch(1000, notOneServes)).toBe(0);
  });

  it("of four: no half of it serves when it falls apart in the middle", () => {
    boot({ ...THREE, nodes: ["master", "cluster1", "cluster2", "cluster3"] });
    for (const left of ["master", "cluster1"])
      for (const right of ["cluster2", "cluster3"]) cluster.cut(left, right);
    expect(watch(3 * DEAD_MS, twoServe)).toBe(0);
    expect(cluster.serving()).toEqual([]);
    cluster.heal();
    cluster.until(() => cluster.serving().length === 1, 1000, "one serves");
  });
});

describe("three that have all lost each other", () => {
  const PAIRS = [
    ["master", "cluster1"],
    ["cluster1", "cluster2"],
    ["master", "cluster2"],
  ] as const;
  const resources = [{ name: "nginx", agent: "nginx" }];

  /** The group is at home on the last one: the first two, which hear each other, are quick to take it. */
  function fallApart(seed: number): void {
    cluster = new SimulatedCluster({
      ...THREE,
      seed,
      failback: "on",
      groups: [{ key: "nginx", home: "cluster2", resources }],
    });
    for (const name of cluster.names) cluster.start(name);
    cluster.until(() => runs("cluster2") && cluster.stable(), 2000, "cluster2 serves");
    cluster.operationMs = 2; // An address is added sooner than the next word of the third node arrives.
    for (const [left, right] of PAIRS) cluster.cut(left, right);
    cluster.run(3 * DEAD_MS);
    expect(cluster.serving()).toEqual([]);
  }

  function mend([left, right]: (typeof PAIRS)[number]): void {
    cluster.cuts.delete(`${left}>${right}`);
    cluster.cuts.delete(`${right}>${left}`);
  }

  it.each(Array.from({ length: 20 }, (_, index) => index + 1))(
    "and hear each other again never serve twice (seed %i)",
    (seed) => {
      fallApart(seed);
      let worstMs = 0;
      for (const pair of PAIRS) {
        mend(pair);
        worstMs = Math.max(worstMs, watch(Math.floor(cluster.random() * 40), twoServe));
      }
      expect(Math.max(worstMs, watch(3 * DEAD_MS, twoServe))).toBe(0);
      expect(runs("cluster2")).toBe(true);
    },
  );

  it("two that find each other serve when the third one had the time to be heard", () => {
    fallApart(1);
    mend(["master", "cluster1"]);
    cluster.run(DEAD_MS);
    expect(cluster.serving()).toEqual([]);
    cluster.until(() => cluster.serving().length === 1, 1500, "one of them serves");
  });
});

describe("a witness that grants to one side", () => {
  it("lets the owner go that it denies, and serves where it grants", () => {
    let holder = "cluster1";
    const quorum = ({ self }: QuorumQuestion): QuorumAnswer =>
      self === holder ? { kind: "granted", forMs: 2000 } : { kind: "denied", holder };
    boot({ isolation: "hold", quorum, failback: "off" });
    cluster.cut("master", "cluster1");
    expect(watch(3 * DEAD_MS, twoServe)).toBe(0);
    expect(runs("cluster1")).toBe(true);
    holder = "master";
    cluster.run(3000);
    expect(runs("master")).toBe(true);
  });

  it("a grant ends when it is not renewed", () => {
    let silent = false;
    const quorum = (): QuorumAnswer | undefined =>
      silent ? { kind: "unreachable", reason: "gone" } : { kind: "granted", forMs: 1500 };
    boot({ isolation: "release", quorum });
    cluster.kill("cluster1", true);
    cluster.run(5000);
    expect(runs("master")).toBe(true);
    silent = true;
    cluster.until(() => cluster.serving().length === 0, 1600, "let go");
  });

  it("that never answers is as good as none", () => {
    boot({ isolation: "release", quorum: () => undefined });
    cluster.isolate("master");
    cluster.run(3 * DEAD_MS);
    expect(cluster.serving()).toEqual([]);
  });
});
