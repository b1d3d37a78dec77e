// Two R1 machines through a cluster's life; the order of messages is that of heartbeat's captured timelines.
import { describe, expect, test } from "vitest";
import { group, type TwoNodesOptions } from "./testkit/host.js";
import { TwoNodes } from "./testkit/two-nodes.js";

function running(options: TwoNodesOptions = {}): TwoNodes {
  const pair = new TwoNodes(options);
  pair.start("alpha");
  pair.run(200);
  pair.start("bravo");
  pair.run(30_000);
  return pair;
}

/** What is sent from now until everything rests. */
function during(pair: TwoNodes, act: () => void, forMs = 30_000): readonly string[] {
  const sinceMs = pair.nowMs;
  act();
  pair.run(forMs);
  return pair.transcript(sinceMs);
}

function owners(pair: TwoNodes): string {
  return `alpha: ${pair.running("alpha").join(" ")}; bravo: ${pair.running("bravo").join(" ")}`;
}

describe("starting", () => {
  test("both at once: ten seconds later each takes its own groups", () => {
    const pair = running();
    expect(pair.transcript(0)).toEqual([
      "alpha starting",
      "bravo starting",
      "alpha resource none stable=0",
      "alpha resource local stable=1",
      "bravo resource none stable=0",
      "bravo resource local stable=1",
      "alpha resource local stable=1",
      "alpha resource local stable=1 req_our_resources()",
      "bravo resource local stable=1 req_our_resources()",
    ]);
    expect(pair.sent.find((sent) => sent.text === "alpha resource local stable=1")?.atMs).toBe(11_220);
    expect(owners(pair)).toBe("alpha: web; bravo: db");
    expect(pair.machine("alpha").view()).toMatchObject({ phase: "stable", stable: true, holds: "local" });
  });

  test("alone: everything is taken over once the other node counts as dead", () => {
    const pair = new TwoNodes();
    pair.start("alpha");
    pair.run(30_000);
    expect(pair.transcript(0)).toEqual([
      "alpha starting",
      "alpha stonith bravo n_stnth",
      "alpha resource all stable=1 req_our_resources()",
      "alpha resource foreign mach_down",
    ]);
    expect(owners(pair)).toBe("alpha: db web; bravo: ");
  });

  test("groups of one node start one after another, in the order of the file", () => {
    const groups = [group("one", "alpha"), group("two", "alpha"), group("three", "bravo")];
    const pair = new TwoNodes({ groups });
    pair.start("alpha");
    pair.run(13_150);
    expect(pair.running("alpha")).toEqual(["one"]);
    pair.run(100);
    expect(pair.running("alpha")).toEqual(["one", "two"]);
    pair.run(100);
    expect(pair.running("alpha")).toEqual(["one", "three", "two"]);
  });
});

describe("leaving and coming back", () => {
  const stop = (pair: TwoNodes) => during(pair, () => pair.request("alpha", 7, { kind: "stop" }));

  test("a stop gives up every group, says goodbye, and is answered", () => {
    const pair = running();
    expect(stop(pair)).toEqual([
      "alpha resource none stable=0 shutdown",
      "alpha shutdone",
      "bravo resource all stable=1 req_our_resources()",
      "bravo resource foreign mach_down",
      "bravo stonith alpha unneeded",
    ]);
    expect(owners(pair)).toBe("alpha: ; bravo: db web");
    expect(pair.released).toEqual(["alpha"]);
    expect(pair.answers).toMatchObject([{ node: "alpha", id: 7, ok: true }]);
  });

  const restart = ["alpha starting", "bravo resource all stable=1", "alpha resource none stable=0"];
  const settled = ["alpha resource none stable=1", "bravo resource all stable=1"];

  test("auto_failback on: the groups go home", () => {
    const pair = running();
    stop(pair);
    expect(during(pair, () => pair.start("alpha"))).toEqual([
      ...restart,
      ...settled,
      "bravo ask_resources foreign me",
      "alpha ask_resources foreign other",
      "bravo resource local stable=0 standby",
      "bravo ask_resources foreign done",
      "alpha ask_resources foreign done",
      "alpha resource local stable=1",
      "bravo resource local stable=1",
      "bravo resource local stable=1",
      "alpha resource local stable=1",
    ]);
    expect(owners(pair)).toBe("alpha: web; bravo: db");
  });

  test("auto_failback off: the groups stay", () => {
    const pair = running({ failback: "off" });
    stop(pair);
    expect(during(pair, () => pair.start("alpha"))).toEqual([...restart, ...settled]);
    expect(owners(pair)).toBe("alpha: ; bravo: db web");
    expect(pair.machine("alpha").view()).toMatchObject({ stable: true, holds: "none", otherHolds: "all" });
  });

  test("a stop before the node is active says nothing", () => {
    const pair = new TwoNodes();
    pair.start("alpha");
    expect(during(pair, () => pair.request("alpha", 1, { kind: "stop" }))).toEqual([]);
    expect(pair.released).toEqual(["alpha"]);
  });

  test("a stop waits for a standby that the peer began", () => {
    const pair = running();
    pair.request("bravo", 1, { kind: "standby", set: "all" });
    pair.run(30);
    const sent = during(pair, () => pair.request("alpha", 2, { kind: "stop" }));
    expect(sent.indexOf("alpha ask_resources all done")).toBeLessThan(
      sent.indexOf("alpha resource none stable=0 shutdown"),
    );
    expect(owners(pair)).toBe("alpha: ; bravo: db web");
    expect(pair.answers).toMatchObject([
      { id: 1, ok: true },
      { id: 2, ok: true },
    ]);
  });

  test("a group that does not stop holds the goodbye back", () => {
    const pair = running();
    pair.stuck.add("alpha web");
    expect(stop(pair)).toEqual(["alpha resource none stable=0 shutdown"]);
    expect(pair.running("bravo")).toEqual(["db"]);
    pair.stuck.clear();
    pair.run(10_000);
    expect(pair.released).toEqual(["alpha"]);
    expect(owners(pair)).toBe("alpha: ; bravo: db web");
    expect(pair.doubles).toEqual([]);
  });
});

describe("crashes and fencing", () => {
  test("without a device the takeover is immediate, with a warning", () => {
    const pair = running();
    expect(during(pair, () => pair.kill("bravo"))).toEqual([
      "alpha stonith bravo n_stnth",
      "alpha resource all stable=1 req_our_resources()",
      "alpha resource foreign mach_down",
    ]);
    expect(pair.events.map((event) => event.name)).toContain("r1.fence-missing");
    expect(owners(pair)).toBe("alpha: db web; bravo: ");
  });

  test("nothing is taken over before the fencing succeeds, and each attempt is told", () => {
    const pair = running({ fencing: true });
    pair.fenceResults.push(false);
    const killedMs = pair.nowMs;
    expect(during(pair, () => pair.kill("bravo"), 11_000)).toEqual(["alpha stonith bravo bad"]);
    expect(pair.running("alpha")).toEqual(["web"]);
    expect(during(pair, () => undefined)).toEqual([
      "alpha stonith bravo OK",
      "alpha resource all stable=1 req_our_resources()",
      "alpha resource foreign mach_down",
    ]);
    expect(pair.sent.find((sent) => sent.text.endsWith("OK"))?.atMs).toBe(killedMs + 6000 + 100 + 5000 + 100);
    expect(owners(pair)).toBe("alpha: db web; bravo: ");
  });

  test("a node that said goodbye is not fenced", () => {
    const pair = running({ fencing: true });
    const sent = during(pair, () => pair.request("bravo", 1, { kind: "stop" }));
    expect(sent).toContain("alpha stonith bravo unneeded");
    expect(owners(pair)).toBe("alpha: db web; bravo: ");
  });

  test("a node that dies while it gives groups up is fenced, although it reported to hold none", () => {
    const pair = running({ fencing: true });
    pair.request("bravo", 1, { kind: "stop" });
    pair.run(50);
    expect(during(pair, () => pair.kill("bravo"))).toContain("alpha stonith bravo OK");
  });

  test("a crash that was too short to notice leaves no group without an owner", () => {
    const pair = running();
    pair.request("alpha", 1, { kind: "takeover", set: "all" });
    pair.run(10_000);
    pair.kill("alpha");
    pair.run(1000);
    pair.start("alpha");
    pair.run(60_000);
    expect(owners(pair)).toBe("alpha: web; bravo: db");
    expect(pair.doubles).toEqual([]);
  });

  test("a group that cannot start is stopped again, and its set is offered to the peer half a minute later", () => {
    const pair = new TwoNodes();
    pair.broken.add("alpha web");
    pair.start("alpha");
    pair.start("bravo");
    pair.run(20_000);
    expect(pair.machine("alpha").view().groups[0]).toMatchObject({
      key: "web",
      state: "failed",
      owner: undefined,
    });
    pair.run(30_000);
    expect(owners(pair)).toBe("alpha: ; bravo: db web");
  });
});

describe("a partition that heals", () => {
  test("both own everything while apart, and each group has one owner soon after", () => {
    const pair = running();
    pair.partition();
    pair.run(20_000);
    expect(owners(pair)).toBe("alpha: db web; bravo: db web");
    pair.heal();
    pair.run(7000);
    expect(pair.events.map((event) => event.name)).toContain("r1.both-own");
    expect(owners(pair)).toBe("alpha: web; bravo: db");
    expect(pair.machine("alpha").view().stable).toBe(true);
  });
});
