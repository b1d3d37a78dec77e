// A modelled heartbeat beside a Systole node, on either side: what an operator of a mixed cluster lives through.
import { describe, expect, it } from "vitest";
import { Bench } from "./bench.js";
import { GROUPS, NODES } from "./captured-set-up.js";

const PAIRS = (["on", "off", "legacy"] as const).flatMap((failback) =>
  NODES.map((systole) => ({ systole, failback })),
);

function booted(cluster: Bench): void {
  cluster.start("alpha");
  cluster.run(600);
  cluster.start("bravo");
  cluster.settles("alpha bravo");
  cluster.run(10_000);
}

describe.each(PAIRS)("Systole on $systole, auto_failback $failback", ({ systole, failback }) => {
  const home = (elsewhere: string): string => (failback === "off" ? elsewhere : "alpha bravo");

  it.each(NODES)("%s stops, returns, dies and returns", (name) => {
    const cluster = new Bench({ seed: 1, systole, failback });
    booted(cluster);
    const other = name === "alpha" ? "bravo" : "alpha";
    for (const act of ["stop", "kill"] as const) {
      if (act === "stop") cluster.stop(name);
      else cluster.kill(name, true);
      cluster.settles(`${other} ${other}`);
      cluster.run(10_000);
      cluster.start(name);
      cluster.run(20_000);
      expect(cluster.owners()).toBe(home(`${other} ${other}`));
    }
  });

  it.each(NODES)("an order on %s moves everything, and back", (name) => {
    const cluster = new Bench({ seed: 2, systole, failback });
    booted(cluster);
    const other = name === "alpha" ? "bravo" : "alpha";
    cluster.request(name, "standby");
    cluster.run(12_000);
    expect(cluster.owners()).toBe(failback === "legacy" ? "alpha bravo" : `${other} ${other}`);
    cluster.request(name, "takeover");
    cluster.run(12_000);
    expect(cluster.owners()).toBe(failback === "legacy" ? "alpha bravo" : `${name} ${name}`);
  });

  it.each(["cut", ...NODES])(
    "%s: after both have called each other dead, each group is served once",
    (what) => {
      const cluster = new Bench({ seed: 3, systole, failback });
      booted(cluster);
      if (what === "cut") cluster.split();
      else cluster.freeze(what);
      cluster.run(9000);
      if (what === "cut") cluster.cuts.clear();
      else cluster.thaw(what);
      cluster.run(60_000);
      expect(GROUPS.map((group) => cluster.places(group).length)).toEqual([1, 1]);
      expect(cluster.stable()).toBe(true);
    },
  );
});
