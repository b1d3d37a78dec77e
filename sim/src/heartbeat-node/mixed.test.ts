// A modelled heartbeat beside a Systole node, on either side: what an operator of a mixed cluster lives through.
import { describe, expect, it } from "vitest";
import { GROUPS, NODES } from "./captured-set-up.js";
import { mixedPair } from "./mixed-pair.js";
import { mishap, owners } from "./mishaps.js";
import type { SmallCluster } from "./small-cluster.js";

const PAIRS = (["on", "off", "legacy"] as const).flatMap((failback) =>
  NODES.map((systole) => ({ systole, failback })),
);

function settled(cluster: SmallCluster, where: string): void {
  cluster.until(() => owners(cluster) === where && cluster.calm(), 60_000, `groups on ${where}`);
}

function booted(cluster: SmallCluster): void {
  cluster.start("alpha");
  cluster.run(600);
  cluster.start("bravo");
  settled(cluster, "alpha bravo");
  cluster.run(10_000);
}

describe.each(PAIRS)("Systole on $systole, auto_failback $failback", ({ systole, failback }) => {
  const home = (elsewhere: string): string => (failback === "off" ? elsewhere : "alpha bravo");

  it.each(NODES)("%s stops, returns, dies and returns", (name) => {
    const cluster = mixedPair({ seed: 1, systole, failback });
    booted(cluster);
    const other = name === "alpha" ? "bravo" : "alpha";
    for (const act of ["stop", "kill"] as const) {
      if (act === "stop") cluster.ask(name, { kind: "stop" });
      else cluster.kill(name);
      settled(cluster, `${other} ${other}`);
      cluster.run(10_000);
      cluster.start(name);
      cluster.run(20_000);
      expect(owners(cluster)).toBe(home(`${other} ${other}`));
    }
  });

  it.each(NODES)("an order on %s moves everything, and back", (name) => {
    const cluster = mixedPair({ seed: 2, systole, failback });
    booted(cluster);
    const other = name === "alpha" ? "bravo" : "alpha";
    cluster.ask(name, { kind: "standby", set: "all" });
    cluster.run(12_000);
    expect(owners(cluster)).toBe(failback === "legacy" ? "alpha bravo" : `${other} ${other}`);
    cluster.ask(name, { kind: "takeover", set: "all" });
    cluster.run(12_000);
    expect(owners(cluster)).toBe(failback === "legacy" ? "alpha bravo" : `${name} ${name}`);
  });

  it.each(["cut", ...NODES])(
    "%s: after both have called each other dead, each group is served once",
    (what) => {
      const cluster = mixedPair({ seed: 3, systole, failback });
      booted(cluster);
      if (what === "cut") cluster.cut();
      else cluster.freeze(what);
      cluster.run(9000);
      if (what === "cut") cluster.cuts.clear();
      else cluster.thaw(what);
      cluster.run(60_000);
      expect(GROUPS.map((group) => cluster.holders(group).length)).toEqual([1, 1]);
      expect(cluster.calm()).toBe(true);
    },
  );

  it("many mishaps without loss end with each group served once, and at rest", () => {
    const bad: string[] = [];
    for (let seed = 1; seed <= 40; seed += 1) {
      const cluster = mixedPair({ seed, systole, failback });
      booted(cluster);
      for (let count = 0; count < 8; count += 1) mishap(cluster, cluster.random, false);
      cluster.cuts.clear();
      cluster.run(10_000);
      for (const name of NODES) if (!cluster.alive(name)) cluster.start(name);
      cluster.run(120_000);
      const once = GROUPS.every((group) => cluster.holders(group).length === 1);
      if (!once || !cluster.calm()) bad.push(`${seed}: ${owners(cluster)}`);
    }
    expect(bad).toEqual([]);
  });
});
