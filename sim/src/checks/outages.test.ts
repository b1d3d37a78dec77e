import { type Authenticator } from "@systole/core/ports";
import { beforeEach, describe, expect, it } from "vitest";
import { SimulatedCluster } from "../cluster.js";
import { designedPlan } from "../designed-plan.js";
import { Outages } from "./outages.js";

const OPEN: Authenticator = {
  supports: { keyed: false },
  sign: () => "1 x",
  verify: () => ({ ok: true, key: 1 }),
};
const DEAD_MS = 1000;

let cluster: SimulatedCluster;
let outages: Outages;

const times = () => {
  const [first] = outages.times();
  if (first === undefined) throw new Error("no group");
  return first;
};

beforeEach(() => {
  const plan = designedPlan({
    nodes: ["master", "cluster1"],
    groups: [{ key: "web", home: "master", resources: [{ name: "web", agent: "ipaddr" }] }],
    authenticator: OPEN,
    keepaliveMs: 100,
    deadMs: DEAD_MS,
  });
  cluster = new SimulatedCluster(plan, 1);
  outages = new Outages(cluster);
  cluster.observers.push(outages);
  for (const name of cluster.names) cluster.start(name);
  cluster.until(() => cluster.serving("web").length === 1, 10_000, "served");
  cluster.run(5000);
});

describe("outages", () => {
  it("are none while somebody serves, and the boot is not one", () => {
    expect(outages.servers("web")).toEqual(["master"]);
    expect(times()).toEqual({
      group: "web",
      unservedMs: 0,
      twiceMs: 0,
      longestOutage: undefined,
      longestTwice: undefined,
    });
  });

  it("last from the loss of a machine until the other one serves", () => {
    const lostMs = cluster.nowMs;
    cluster.kill("master", true);
    cluster.run(10_000);
    const { unservedMs, longestOutage } = times();
    expect(outages.servers("web")).toEqual(["cluster1"]);
    expect(unservedMs).toBeGreaterThan(DEAD_MS / 2);
    expect(unservedMs).toBeLessThan(3 * DEAD_MS);
    expect(longestOutage?.fromMs).toBeGreaterThanOrEqual(lostMs);
    expect(longestOutage?.fromMs).toBeLessThan(lostMs + DEAD_MS);
    expect(unservedMs).toBeCloseTo((longestOutage?.toMs ?? 0) - (longestOutage?.fromMs ?? 0), 3);
  });

  it("do not count as such while no node is well, although nobody is served", () => {
    cluster.kill("cluster1", true);
    cluster.kill("master", true);
    cluster.run(10_000);
    expect(times().unservedMs).toBeGreaterThan(9000);
    expect(times().longestOutage).toBeUndefined();
  });

  it("begin when the node that serves is isolated, although it serves on", () => {
    cluster.isolate("master");
    cluster.run(300);
    expect(cluster.serving("web")).toEqual(["master"]);
    expect(outages.servers("web")).toEqual([]);
    expect(times().unservedMs).toBeGreaterThan(0);
  });

  it("are none behind a cut between the nodes, where two serve instead", () => {
    cluster.cut("master", "cluster1");
    cluster.run(10_000);
    expect(outages.servers("web")).toEqual(["master", "cluster1"]);
    expect(times().unservedMs).toBe(0);
    expect(times().twiceMs).toBeGreaterThan(7000);
    cluster.heal();
    cluster.run(5000);
    const { twiceMs, longestTwice } = times();
    expect(twiceMs).toBeLessThan(12_000);
    expect(twiceMs).toBeCloseTo((longestTwice?.toMs ?? 0) - (longestTwice?.fromMs ?? 0), 3);
  });
});
