// Two modelled heartbeats alone: what one of them says and does when the other comes, goes, dies and returns.
import { describe, expect, it } from "vitest";
import type { Failback } from "@systole/core/ports";
import { GROUPS, NODES } from "./captured-set-up.js";
import { mishap, owners } from "./mishaps.js";
import { pairOfHeartbeats } from "./pair-of-heartbeats.js";
import type { SmallCluster } from "./small-cluster.js";

function settled(cluster: SmallCluster, where: string, limitMs = 30_000): void {
  cluster.until(() => owners(cluster) === where && cluster.calm(), limitMs, `groups on ${where}`);
}

function booted(seed: number, failback: Failback = "on", fencing = false): SmallCluster {
  const cluster = pairOfHeartbeats(seed, failback, fencing);
  cluster.start("alpha");
  cluster.run(600);
  cluster.start("bravo");
  settled(cluster, "alpha bravo");
  return cluster;
}

function stopped(cluster: SmallCluster, name: string): void {
  cluster.ask(name, { kind: "stop" });
  cluster.until(() => !cluster.alive(name), 30_000, `${name} has left`);
}

describe.each(["on", "off", "legacy"] as const)("auto_failback %s", (failback) => {
  const home = failback === "off" ? "bravo bravo" : "alpha bravo";

  it("starts at home, hands over on stop, and takes back or not", () => {
    const cluster = booted(1, failback);
    expect(cluster.nowMs > 10_000).toBe(failback !== "legacy");
    stopped(cluster, "alpha");
    settled(cluster, "bravo bravo");
    cluster.run(8000);
    cluster.start("alpha");
    settled(cluster, home);
    cluster.run(20_000);
    expect(owners(cluster)).toBe(home);
  });

  it("takes over after the deadtime, and not before", () => {
    const cluster = booted(2, failback);
    cluster.run(10_000);
    cluster.kill("alpha");
    cluster.run(4500);
    expect(owners(cluster)).toBe(" bravo");
    settled(cluster, "bravo bravo", 2500);
    cluster.start("alpha");
    settled(cluster, home);
  });

  it("starts alone after the initdead time", () => {
    const cluster = pairOfHeartbeats(3, failback);
    cluster.start("bravo");
    cluster.run(11_500);
    expect(owners(cluster)).toBe(" ");
    settled(cluster, "bravo bravo");
  });

  it("runs everything twice while the network is cut, and starts itself anew when it is whole again", () => {
    const cluster = booted(4, failback);
    cluster.cut();
    settled(cluster, "alpha+bravo alpha+bravo");
    cluster.run(5000);
    cluster.cuts.clear();
    const healedAtMs = cluster.nowMs;
    cluster.until(() => owners(cluster) === " ", 5000, "everything is let go of");
    settled(cluster, "alpha bravo");
    expect(cluster.nowMs - healedAtMs).toBeGreaterThan(9000);
    expect(cluster.view("alpha").nodes.map(({ generation }) => generation)).toEqual([
      0x6b03_0996, 0x6b03_0996,
    ]);
  });
});

describe("orders", () => {
  it.each([
    ["standby", "alpha", "all", "bravo bravo"],
    ["standby", "alpha", "local", "bravo bravo"],
    ["standby", "alpha", "foreign", "alpha bravo"],
    ["standby", "bravo", "local", "alpha alpha"],
    ["takeover", "alpha", "all", "alpha alpha"],
    ["takeover", "alpha", "foreign", "alpha alpha"],
    ["takeover", "bravo", "foreign", "bravo bravo"],
    ["takeover", "bravo", "local", "alpha bravo"],
  ] as const)("%s on %s, %s", (kind, name, set, where) => {
    const cluster = booted(5, "off");
    cluster.ask(name, { kind, set });
    cluster.run(5000);
    expect(owners(cluster)).toBe(where);
    expect(cluster.calm()).toBe(true);
  });

  it("legacy refuses a standby", () => {
    const cluster = booted(6, "legacy");
    cluster.ask("alpha", { kind: "standby", set: "all" });
    cluster.run(5000);
    expect(owners(cluster)).toBe("alpha bravo");
    expect(cluster.events.some(({ name }) => name === "heartbeat.standby.refused")).toBe(true);
  });
});

describe("when things go wrong", () => {
  it("a group that does not start is given up, and offered to the other half a minute later", () => {
    const cluster = pairOfHeartbeats(7);
    cluster.failures.set("alpha web start", { ok: false, kind: "error", reason: "broken" });
    cluster.start("alpha");
    cluster.start("bravo");
    settled(cluster, " bravo");
    cluster.run(25_000);
    expect(owners(cluster)).toBe(" bravo");
    settled(cluster, "bravo bravo", 10_000);
  });

  it("a resource that does not stop makes the machine reboot, after ten attempts", () => {
    const cluster = booted(8);
    cluster.failures.set("alpha web stop", { ok: false, kind: "error", reason: "stuck" });
    cluster.ask("alpha", { kind: "stop" });
    cluster.until(() => !cluster.alive("alpha"), 15_000, "alpha is gone");
    expect(cluster.operations.filter((line) => line === "alpha stop web")).toHaveLength(11);
    settled(cluster, "bravo bravo");
  });

  it("nothing is taken from the dead before they are fenced", () => {
    const cluster = booted(9, "on", true);
    cluster.cut();
    settled(cluster, "alpha alpha", 8000);
    expect(cluster.alive("bravo")).toBe(false);
  });

  it("a node that was frozen takes what it has lost for its own, and the other starts itself anew", () => {
    const cluster = booted(10);
    cluster.freeze("bravo");
    cluster.run(9000);
    cluster.thaw("bravo");
    cluster.until(() => owners(cluster) === "alpha+bravo alpha+bravo", 500, "both run everything");
    cluster.until(() => owners(cluster) === "bravo bravo", 3000, "alpha has let go");
    settled(cluster, "alpha bravo");
  });

  it("a node that starts while the network is cut is an ordinary newcomer later: both go on with everything", () => {
    const cluster = booted(12);
    cluster.kill("bravo");
    settled(cluster, "alpha alpha");
    cluster.cut();
    cluster.start("bravo");
    settled(cluster, "alpha+bravo alpha+bravo");
    cluster.cuts.clear();
    cluster.run(60_000);
    expect(owners(cluster)).toBe("alpha+bravo alpha+bravo");
    expect(cluster.events.some(({ name }) => name === "heartbeat.both.own")).toBe(false);
  });

  it("does not keep more than it may", () => {
    const cluster = booted(11);
    cluster.cuts.add("bravo>alpha");
    cluster.run(1_200_000);
    expect(cluster.said.length).toBeGreaterThan(2000);
    expect(cluster.history("alpha")).toBeLessThanOrEqual(500);
  });
});

describe.each(["on", "off", "legacy"] as const)("many mishaps, auto_failback %s", (failback) => {
  it("end with each group served once", () => {
    const bad: string[] = [];
    for (let seed = 1; seed <= 100; seed += 1) {
      const cluster = booted(seed, failback);
      for (let count = 0; count < 8; count += 1) mishap(cluster, cluster.random, true);
      cluster.loss = 0;
      cluster.cuts.clear();
      cluster.run(10_000);
      for (const name of NODES) if (!cluster.alive(name)) cluster.start(name);
      cluster.run(80_000);
      if (GROUPS.some((group) => cluster.holders(group).length !== 1))
        bad.push(`${seed}: ${owners(cluster)}`);
    }
    expect(bad).toEqual([]);
  });
});
