// Two modelled heartbeats alone: what one of them says and does when the other comes, goes, dies and returns.
import { describe, expect, it } from "vitest";
import type { Failback } from "@systole/core/ports";
import { Bench } from "./bench.js";
import { GROUPS, NODES } from "./captured-set-up.js";
import { History } from "./history.js";
import { mishap } from "./mishaps.js";

function booted(seed: number, failback: Failback = "on", fencing = false): Bench {
  const cluster = new Bench({ seed, failback, fencing });
  cluster.start("alpha");
  cluster.run(600);
  cluster.start("bravo");
  cluster.settles("alpha bravo");
  return cluster;
}

function stopped(cluster: Bench, name: string): void {
  cluster.stop(name);
  cluster.until(() => !cluster.isAlive(name), 30_000, `${name} has left`);
}

describe.each(["on", "off", "legacy"] as const)("auto_failback %s", (failback) => {
  const home = failback === "off" ? "bravo bravo" : "alpha bravo";

  it("starts at home, hands over on stop, and takes back or not", () => {
    const cluster = booted(1, failback);
    expect(cluster.nowMs > 10_000).toBe(failback !== "legacy");
    stopped(cluster, "alpha");
    cluster.settles("bravo bravo");
    cluster.run(8000);
    cluster.start("alpha");
    cluster.settles(home);
    cluster.run(20_000);
    expect(cluster.owners()).toBe(home);
  });

  it("takes over after the deadtime, and not before", () => {
    const cluster = booted(2, failback);
    cluster.run(10_000);
    cluster.kill("alpha", true);
    cluster.run(4500);
    expect(cluster.owners()).toBe(" bravo");
    cluster.settles("bravo bravo", 2500);
    cluster.start("alpha");
    cluster.settles(home);
  });

  it("starts alone after the initdead time", () => {
    const cluster = new Bench({ seed: 3, failback });
    cluster.start("bravo");
    cluster.run(11_500);
    expect(cluster.owners()).toBe(" ");
    cluster.settles("bravo bravo");
  });

  it("runs everything twice while the network is cut, and starts itself anew when it is whole again", () => {
    const cluster = booted(4, failback);
    const before = cluster.view("alpha").nodes.map(({ generation }) => generation);
    cluster.split();
    cluster.settles("alpha+bravo alpha+bravo");
    cluster.run(5000);
    cluster.cuts.clear();
    const healedAtMs = cluster.nowMs;
    cluster.until(() => cluster.owners() === " ", 5000, "everything is let go of");
    cluster.settles("alpha bravo");
    expect(cluster.nowMs - healedAtMs).toBeGreaterThan(9000);
    expect(cluster.view("alpha").nodes.map(({ generation }) => generation)).toEqual(
      before.map((generation) => generation + 1),
    );
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
    cluster.request(name, kind, set);
    cluster.run(5000);
    expect(cluster.owners()).toBe(where);
    expect(cluster.stable()).toBe(true);
  });

  it("legacy refuses a standby", () => {
    const cluster = booted(6, "legacy");
    cluster.request("alpha", "standby");
    cluster.run(5000);
    expect(cluster.owners()).toBe("alpha bravo");
    expect(cluster.events.some(({ event }) => event.name === "heartbeat.standby.refused")).toBe(true);
  });
});

describe("when things go wrong", () => {
  it("a group that does not start is given up, and offered to the other half a minute later", () => {
    const cluster = new Bench({ seed: 7 });
    cluster.failures.set("alpha web start", { ok: false, kind: "error", reason: "broken" });
    cluster.start("alpha");
    cluster.start("bravo");
    cluster.settles(" bravo");
    cluster.run(25_000);
    expect(cluster.owners()).toBe(" bravo");
    cluster.settles("bravo bravo", 10_000);
  });

  it("a resource that does not stop makes the machine reboot, after ten attempts", () => {
    const cluster = booted(8);
    cluster.failures.set("alpha web stop", { ok: false, kind: "error", reason: "stuck" });
    cluster.stop("alpha");
    cluster.until(() => !cluster.isAlive("alpha"), 15_000, "alpha is gone");
    expect(cluster.operations.filter((line) => line === "alpha stop web")).toHaveLength(11);
    cluster.settles("bravo bravo");
  });

  it("nothing is taken from the dead before they are fenced", () => {
    const cluster = booted(9, "on", true);
    cluster.split();
    cluster.settles("alpha alpha", 8000);
    expect(cluster.isAlive("bravo")).toBe(false);
  });

  it("a node that was frozen takes what it has lost for its own, and the other starts itself anew", () => {
    const cluster = booted(10);
    cluster.freeze("bravo");
    cluster.run(9000);
    cluster.thaw("bravo");
    cluster.until(() => cluster.owners() === "alpha+bravo alpha+bravo", 500, "both run everything");
    cluster.until(() => cluster.owners() === "bravo bravo", 3000, "alpha has let go");
    cluster.settles("alpha bravo");
  });

  it("a node that starts while the network is cut is an ordinary newcomer later: both go on with everything", () => {
    const cluster = booted(12);
    cluster.kill("bravo", true);
    cluster.settles("alpha alpha");
    cluster.split();
    cluster.start("bravo");
    cluster.settles("alpha+bravo alpha+bravo");
    cluster.cuts.clear();
    cluster.run(60_000);
    expect(cluster.owners()).toBe("alpha+bravo alpha+bravo");
    expect(cluster.events.some(({ event }) => event.name === "heartbeat.both.own")).toBe(false);
  });

  it("keeps 500 messages, whoever does not acknowledge them", () => {
    const history = new History();
    for (let seq = 1; seq <= 2000; seq += 1) history.add(seq, { fields: [] }, seq);
    expect(history.size).toBe(500);
  });
});

describe.each(["on", "off", "legacy"] as const)("many mishaps, auto_failback %s", (failback) => {
  it("end with each group served once", () => {
    const bad: string[] = [];
    // With legacy and loss one in some hundred ends with both serving: nobody says what it holds, and heartbeat has no remedy.
    for (let seed = 1; seed <= 50; seed += 1) {
      const cluster = booted(seed, failback);
      for (let count = 0; count < 8; count += 1) mishap(cluster);
      cluster.loss = 0;
      cluster.cuts.clear();
      cluster.run(10_000);
      for (const name of NODES) if (!cluster.isAlive(name)) cluster.start(name);
      cluster.run(80_000);
      if (GROUPS.some((group) => cluster.places(group).length !== 1))
        bad.push(`${seed}: ${cluster.owners()}`);
    }
    expect(bad).toEqual([]);
  });
});
