// Standby and takeover on request, in the order of heartbeat's timelines, and what refuses or ends them.
import { describe, expect, test } from "vitest";
import type { GroupSet } from "../../../ports/index.js";
import type { TwoNodesOptions } from "./testkit/host.js";
import { TwoNodes } from "./testkit/two-nodes.js";

function running(options: TwoNodesOptions = {}): TwoNodes {
  const pair = new TwoNodes(options);
  pair.start("alpha");
  pair.start("bravo");
  pair.run(30_000);
  return pair;
}

function standby(pair: TwoNodes, name: string, set: GroupSet): readonly string[] {
  const sinceMs = pair.nowMs;
  pair.request(name, 1, { kind: "standby", set });
  pair.run(20_000);
  return pair.transcript(sinceMs);
}

test("standby all", () => {
  const pair = running();
  expect(standby(pair, "alpha", "all")).toEqual([
    "alpha ask_resources all me",
    "bravo ask_resources all other",
    "alpha resource none stable=0 standby",
    "alpha ask_resources all done",
    "bravo ask_resources all done",
    "bravo resource all stable=1",
    "alpha resource none stable=1",
    "alpha resource none stable=1",
    "bravo resource all stable=1",
  ]);
  expect(pair.running("bravo")).toEqual(["db", "web"]);
  expect(pair.answers).toEqual([
    { node: "alpha", id: 1, ok: true, reason: "The other node has taken the groups." },
  ]);
});

test.each<[string, GroupSet, readonly string[]]>([
  ["alpha", "local", ["db", "web"]],
  ["alpha", "foreign", ["db"]],
  ["bravo", "local", []],
])("%s gives up %s", (name, set, atBravo) => {
  const pair = running();
  standby(pair, name, set);
  expect(pair.running("bravo")).toEqual(atBravo);
  expect(pair.running("alpha")).toEqual(["db", "web"].filter((key) => !atBravo.includes(key)));
  expect(pair.answers).toMatchObject([{ ok: true }]);
  expect(pair.doubles).toEqual([]);
});

test("foreign brings home what a standby of the peer brought here", () => {
  const pair = running();
  standby(pair, "alpha", "all");
  standby(pair, "bravo", "foreign");
  expect(pair.running("alpha")).toEqual(["web"]);
  expect(pair.running("bravo")).toEqual(["db"]);
});

test("takeover all: the peer goes standby as if its own operator had asked", () => {
  const pair = running();
  const sinceMs = pair.nowMs;
  pair.request("alpha", 3, { kind: "takeover", set: "all" });
  pair.run(20_000);
  expect(pair.transcript(sinceMs)).toEqual([
    "alpha hb_takeover all",
    "bravo ask_resources all me",
    "alpha ask_resources all other",
    "bravo resource none stable=0 standby",
    "bravo ask_resources all done",
    "alpha ask_resources all done",
    "alpha resource all stable=1",
    "bravo resource none stable=1",
    "bravo resource none stable=1",
    "alpha resource all stable=1",
  ]);
  expect(pair.answers).toEqual([{ node: "alpha", id: 3, ok: true, reason: "The groups run here." }]);
});

test("takeover local asks the peer to give up what it counts as foreign", () => {
  const pair = running({ failback: "off" });
  standby(pair, "alpha", "all");
  const sinceMs = pair.nowMs;
  pair.request("alpha", 3, { kind: "takeover", set: "local" });
  pair.run(20_000);
  expect(pair.transcript(sinceMs).slice(0, 2)).toEqual([
    "alpha hb_takeover local",
    "bravo ask_resources foreign me",
  ]);
  expect(pair.running("alpha")).toEqual(["web"]);
});

describe("refusals", () => {
  test("while this node is starting", () => {
    const pair = new TwoNodes();
    pair.start("alpha");
    pair.start("bravo");
    pair.run(3000);
    expect(standby(pair, "alpha", "all")).not.toContain("alpha ask_resources all me");
    expect(pair.answers).toEqual([
      { node: "alpha", id: 1, ok: false, reason: "This node has not finished starting." },
    ]);
  });

  test("while another one is under way", () => {
    const pair = running();
    pair.request("alpha", 1, { kind: "standby", set: "all" });
    pair.request("alpha", 2, { kind: "standby", set: "all" });
    expect(pair.answers).toMatchObject([{ id: 2, ok: false, reason: "Another standby is under way." }]);
  });

  test("when no other node is there", () => {
    const pair = running();
    pair.kill("bravo");
    pair.run(10_000);
    standby(pair, "alpha", "all");
    expect(pair.answers).toMatchObject([{ ok: false, reason: "No other node is active." }]);
    expect(pair.running("alpha")).toEqual(["db", "web"]);
  });

  test("in legacy mode, from here and from the peer", () => {
    const pair = running({ failback: "legacy" });
    expect(standby(pair, "alpha", "all")).toEqual([]);
    expect(pair.answers).toMatchObject([{ ok: false }]);
  });
});

describe("an exchange that loses its partner", () => {
  test("no reply: cancelled after ten seconds, and nothing moved", () => {
    const pair = running();
    const index = pair.sent.length;
    const lossy = running({ lose: index });
    standby(lossy, "alpha", "all");
    expect(lossy.lostText).toBe("alpha ask_resources all me");
    expect(lossy.answers).toMatchObject([{ ok: false, reason: "No reply to the standby request." }]);
    expect(lossy.running("alpha")).toEqual(["web"]);
    lossy.answers.length = 0;
    standby(lossy, "alpha", "all");
    expect(lossy.answers).toMatchObject([{ ok: true }]);
  });

  test("the taker dies half-way: the giver takes everything back", () => {
    const pair = running();
    pair.request("alpha", 1, { kind: "standby", set: "all" });
    pair.run(250);
    pair.kill("bravo");
    pair.run(20_000);
    expect(pair.running("alpha")).toEqual(["db", "web"]);
    expect(pair.answers).toMatchObject([{ ok: false, reason: "bravo died." }]);
  });

  test("the giver dies half-way: the taker takes everything", () => {
    const pair = running();
    pair.request("alpha", 1, { kind: "standby", set: "all" });
    pair.run(100);
    pair.kill("alpha");
    pair.run(20_000);
    expect(pair.running("bravo")).toEqual(["db", "web"]);
  });

  test("both ask at once: neither answers, both give up after ten seconds", () => {
    const pair = running();
    pair.request("alpha", 1, { kind: "standby", set: "all" });
    pair.request("bravo", 2, { kind: "standby", set: "all" });
    pair.run(20_000);
    expect(pair.answers.map((answer) => answer.ok)).toEqual([false, false]);
    expect(pair.running("alpha")).toEqual(["web"]);
    expect(pair.running("bravo")).toEqual(["db"]);
  });
});
