// A node that has never heard another one asks the network before it serves: another key or a closed firewall looks like a
// node that is not there. The daemons do not hear each other here; their hosts do.
import { beforeEach, describe, expect, it } from "vitest";
import type { GroupSpec } from "@systole/core/ports";
import { longestMs, notOneServes, twoServe } from "./isolation-scene.js";
import { SimulatedCluster } from "./simulated-cluster.js";

const GROUPS: readonly GroupSpec[] = [
  {
    key: "10.0.0.1",
    home: "master",
    resources: [
      { name: "10.0.0.1", agent: "ipaddr", tellsElsewhere: true },
      { name: "nginx", agent: "nginx" },
    ],
  },
  { key: "disk", home: "cluster1", resources: [{ name: "disk", agent: "disk" }] },
];
/** After initdead, and as often as it asks again. */
const LONG_ENOUGH_MS = 20_000;

let cluster: SimulatedCluster;
const serves = (node: string): boolean =>
  ["nginx", "disk"].every((name) => cluster.serving(name).join() === node);
const why = (name: string): string =>
  cluster
    .view(name)
    .groups.map((group) => group.why)
    .join("; ");
const asked = (): number =>
  cluster.operations.filter((line) => line === "cluster1 elsewhere 10.0.0.1").length;

function bootAlone(): void {
  cluster = new SimulatedCluster({ groups: GROUPS });
  cluster.start("master");
  cluster.until(() => serves("master"), 5000, "master serves alone");
}

/** What was said before the cut has arrived. */
function startUnheard(): void {
  cluster.cut("master", "cluster1");
  cluster.run(1);
  cluster.start("cluster1");
}

describe("a node that has never heard another one", () => {
  beforeEach(bootAlone);

  it("serves when nobody answers, after it has asked once", () => {
    expect(cluster.operations.filter((line) => line.includes("elsewhere"))).toEqual([
      "master elsewhere 10.0.0.1",
    ]);
  });

  it("starts nothing while another host answers, says who, and asks again every few seconds", () => {
    startUnheard();
    expect(longestMs(cluster, LONG_ENOUGH_MS, twoServe)).toBe(0);
    expect(serves("master")).toBe(true);
    expect(cluster.view("cluster1").why).toContain("master answers for 10.0.0.1");
    expect(why("cluster1").match(/master answers for 10.0.0.1/g)).toHaveLength(2);
    expect(asked()).toBeGreaterThan(3);
    expect(asked()).toBeLessThan(8);
    const told = cluster.events.filter(({ event }) => event.name === "group.elsewhere");
    expect(told).toHaveLength(1);
  });

  it("serves when that one does not answer any more", () => {
    startUnheard();
    cluster.run(LONG_ENOUGH_MS);
    cluster.kill("master", true);
    cluster.until(() => serves("cluster1"), 6000, "cluster1 serves");
  });

  it("is told by word when it hears the other at last, and moves nothing that is not at home elsewhere", () => {
    startUnheard();
    cluster.run(LONG_ENOUGH_MS);
    cluster.heal();
    expect(longestMs(cluster, 3000, notOneServes)).toBe(0);
    expect(cluster.serving()).toEqual(["master"]);
    expect(cluster.serving("disk")).toEqual(["cluster1"]);
    expect(cluster.stable()).toBe(true);
  });

  it("serves all the same when a person says so", () => {
    startUnheard();
    cluster.run(LONG_ENOUGH_MS);
    cluster.request("cluster1", "takeover");
    cluster.run(500);
    expect(cluster.serving()).toEqual(["master", "cluster1"]);
  });

  it("does not wait for ever when the question has no answer", () => {
    cluster.failures.set("cluster1 10.0.0.1 elsewhere", { ok: false, kind: "timeout", reason: "no answer" });
    startUnheard();
    cluster.until(() => cluster.serving().includes("cluster1"), 5000, "cluster1 serves");
  });
});

describe("two nodes that start at once and do not hear each other", () => {
  it("one of them serves, and the other one never", () => {
    cluster = new SimulatedCluster({ groups: GROUPS });
    cluster.cut("master", "cluster1");
    for (const name of cluster.names) {
      cluster.start(name);
      cluster.run(50);
    }
    expect(longestMs(cluster, LONG_ENOUGH_MS, twoServe)).toBe(0);
    expect(cluster.serving()).toHaveLength(1);
  });
});

it("who has heard another one asks nobody", () => {
  cluster = new SimulatedCluster({ groups: GROUPS });
  for (const name of cluster.names) cluster.start(name);
  cluster.until(() => cluster.serving().join() === "master" && cluster.stable(), 2000, "master serves");
  cluster.kill("master", true);
  cluster.until(() => serves("cluster1"), 2000, "cluster1 has taken over");
  expect(cluster.operations.filter((line) => line.includes("elsewhere"))).toEqual([]);
});
