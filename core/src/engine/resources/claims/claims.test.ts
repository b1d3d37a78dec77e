import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textMessage, type RunState } from "../../../ports/index.js";
import { LIMITS } from "../../limits.js";
import { compareClaims, sameClaim, type Claim } from "./claim.js";
import { decideGroup, type GroupFacts } from "./decide.js";
import { decodeReport, encodeReport, REPORT_FIELD, type NodeReport } from "./report.js";
import type { Peer, World } from "./world.js";

const anyClaim: fc.Arbitrary<Claim> = fc.record({
  epoch: fc.integer({ min: 0, max: 5 }),
  owner: fc.constantFrom("a", "b", "c"),
});

describe("the order of claims", () => {
  it("is total: every two nodes agree on the winner, whoever compares", () => {
    fc.assert(
      fc.property(anyClaim, anyClaim, anyClaim, fc.constantFrom("a", "b", "c"), (x, y, z, home) => {
        const [xy, yx, yz, xz] = [
          compareClaims(x, y, home),
          compareClaims(y, x, home),
          compareClaims(y, z, home),
          compareClaims(x, z, home),
        ];
        expect(Math.sign(xy) + Math.sign(yx)).toBe(0);
        expect(xy > 0 && yz > 0 && xz <= 0).toBe(false);
        expect(xy === 0).toBe(sameClaim(x, y));
      }),
    );
  });
});

const WELL = { failed: false, exhausted: false, down: false, fence: false, failures: [] } as const;
const FAILED = { failed: true, exhausted: true, down: true, fence: true, failures: [0, 3] } as const;

describe("a report", () => {
  const report: NodeReport = {
    ready: true,
    pings: 2,
    groups: new Map([
      ["10.0.0.1", { claim: { epoch: 3, owner: "master" }, state: "started", ...WELL, why: "" }],
      [
        "10.0.0.2",
        { claim: { epoch: 0, owner: undefined }, state: "stopped", ...FAILED, why: "", reason: "broken" },
      ],
    ]),
  };

  it("survives the wire", () => {
    expect(decodeReport(textMessage({ [REPORT_FIELD]: encodeReport(report) }))).toEqual(report);
  });

  it("carries reasons without control characters and without end", () => {
    const reason = `line\n\u0000${"x".repeat(5000)}`;
    const groups = new Map([
      ["k", { claim: { epoch: 1, owner: "a" }, state: "stopped" as const, ...FAILED, why: "", reason }],
    ]);
    const text = encodeReport({ ready: true, pings: 0, groups });
    expect(text).toMatch(/^[\x20-\x7e]*$/);
    expect(text.length).toBeLessThan(500);
  });

  it.each([
    "",
    "{",
    "[]",
    "null",
    '{"v":2,"groups":[]}',
    '{"v":1}',
    '{"v":1,"groups":[["k",-1,"a","started",0]]}',
  ])("%j is not understood", (text) => {
    expect(decodeReport(textMessage({ [REPORT_FIELD]: text }))).toBeUndefined();
  });

  it("of 256 groups that all failed still fits into one datagram, and is understood", () => {
    const failed = {
      claim: { epoch: 9, owner: "master" },
      state: "stopped",
      ...FAILED,
      why: "x".repeat(200),
      reason: "x".repeat(200),
    } as const;
    const groups = new Map(
      Array.from({ length: 256 }, (_, index) => [`10.10.${index}.220/24/eth0:${index}`, failed]),
    );
    const text = encodeReport({ ready: true, pings: 0, groups });
    expect(text.length).toBeLessThan(LIMITS.reportBytes);
    expect(decodeReport(textMessage({ [REPORT_FIELD]: text }))?.groups.size).toBe(256);
  });

  it("never throws, whatever it is given", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => decodeReport(textMessage({ [REPORT_FIELD]: text }))).not.toThrow();
      }),
    );
  });
});

const MINE: Claim = { epoch: 3, owner: "master" };
const THEIRS: Claim = { epoch: 3, owner: "cluster1" };

function facts(changes: Partial<GroupFacts> = {}): GroupFacts {
  return {
    key: "ip",
    home: "master",
    claim: MINE,
    conflict: undefined,
    failedAtMs: undefined,
    failbackDue: false,
    runningHere: false,
    away: undefined,
    exhausted: false,
    down: undefined,
    ...changes,
  };
}

interface PeerOptions {
  readonly state?: Peer["state"];
  readonly claim?: Claim;
  readonly run?: RunState;
  readonly ready?: boolean;
  readonly failed?: boolean;
  readonly exhausted?: boolean;
  readonly down?: boolean;
  readonly pings?: number;
}

function peer({
  state = "active",
  claim = MINE,
  run = "stopped",
  ready = true,
  failed = false,
  exhausted = false,
  down = false,
  pings = 0,
}: PeerOptions = {}): Peer {
  const groups = new Map([["ip", { claim, state: run, ...WELL, failed, exhausted, down, why: "" }]]);
  return { name: "cluster1", state, report: state === "dead" ? undefined : { ready, pings, groups } };
}

function world(changes: Partial<World> = {}): World {
  return {
    self: "master",
    order: ["master", "cluster1"],
    failback: "on",
    ipfail: true,
    active: true,
    leaving: false,
    pings: 0,
    behindSinceMs: undefined,
    keepaliveMs: 100,
    peers: [peer()],
    unsettled: new Set(),
    nowMs: 10_000,
    ...changes,
  };
}

describe("starting", () => {
  it("needs this node's claim, known to every living node, and their word that they have stopped", () => {
    expect(decideGroup(facts(), world())).toEqual({ wish: "run" });
    const waits = (options: PeerOptions) => decideGroup(facts(), world({ peers: [peer(options)] }));
    expect(waits({ run: "stopping" })).toMatchObject({
      wish: "stop",
      waiting: expect.stringContaining("not let go"),
    });
    expect(waits({ run: "unknown" })).toMatchObject({ wish: "stop" });
    expect(waits({ claim: { epoch: 2, owner: "cluster1" } })).toMatchObject({
      waiting: expect.stringContaining("claim"),
    });
    expect(
      decideGroup(facts(), world({ peers: [{ name: "cluster1", state: "active", report: undefined }] })),
    ).toMatchObject({
      wish: "stop",
    });
  });

  it("does not wait for the dead, unless they must be fenced", () => {
    const peers = [peer({ state: "dead" })];
    expect(decideGroup(facts(), world({ peers }))).toEqual({ wish: "run" });
    expect(decideGroup(facts(), world({ peers, unsettled: new Set(["cluster1"]) }))).toMatchObject({
      wish: "stop",
    });
  });

  it("does not happen before the node is active", () => {
    expect(decideGroup(facts(), world({ active: false }))).toMatchObject({ wish: "stop" });
  });
});

describe("claiming for itself", () => {
  const theirs = facts({ claim: THEIRS });

  it.each<readonly [string, GroupFacts, Partial<World>, string | undefined]>([
    ["the owner lives", theirs, { peers: [peer({ claim: THEIRS, run: "started" })] }, undefined],
    ["the owner is dead", theirs, { peers: [peer({ state: "dead" })] }, "cluster1 is dead"],
    [
      "the owner is dead and not fenced",
      theirs,
      { peers: [peer({ state: "dead" })], unsettled: new Set(["cluster1"]) },
      undefined,
    ],
    ["it failed there", theirs, { peers: [peer({ claim: THEIRS, failed: true })] }, "it failed on cluster1"],
    [
      "the owner leaves and hands over itself",
      theirs,
      { peers: [peer({ claim: THEIRS, ready: false })] },
      undefined,
    ],
    [
      "the owner has started anew",
      theirs,
      { peers: [peer({ claim: { epoch: 0, owner: undefined }, ready: false, state: "up" })] },
      "cluster1 has started anew",
    ],
    ["nobody ever held it", facts({ claim: { epoch: 0, owner: undefined } }), {}, "nobody has held it yet"],
    ["this node leaves", theirs, { peers: [peer({ state: "dead" })], leaving: true }, undefined],
    [
      "it failed here a moment ago",
      facts({ claim: THEIRS, failedAtMs: 9_000 }),
      { peers: [peer({ state: "dead" })] },
      undefined,
    ],
  ])("%s", (_name, group, changes, why) => {
    const expected = why === undefined ? undefined : { owner: "master", why };
    expect(decideGroup(group, world(changes)).claim).toEqual(expected);
  });
});

describe("claiming for another", () => {
  const running = facts({ runningHere: true });

  it.each<readonly [string, GroupFacts, Partial<World>, boolean]>([
    ["all is well", running, {}, false],
    ["this node leaves", running, { leaving: true }, true],
    [
      "this node leaves and nobody is there",
      running,
      { leaving: true, peers: [peer({ state: "dead" })] },
      false,
    ],
    ["it failed here", facts({ failedAtMs: 9_999 }), {}, true],
    [
      "the other reaches more ping nodes for long enough",
      running,
      { behindSinceMs: 9_000, peers: [peer({ pings: 1 })] },
      true,
    ],
    ["… but only just now", running, { behindSinceMs: 9_900, peers: [peer({ pings: 1 })] }, false],
    [
      "… but ipfail is not asked for",
      running,
      { behindSinceMs: 9_000, peers: [peer({ pings: 1 })], ipfail: false },
      false,
    ],
    ["it goes home", facts({ home: "cluster1", failbackDue: true, runningHere: true }), {}, true],
    [
      "home reaches fewer ping nodes",
      facts({ home: "cluster1", failbackDue: true, runningHere: true }),
      { pings: 1 },
      false,
    ],
  ])("%s", (_name, group, changes, hands) => {
    expect(decideGroup(group, world(changes)).claim?.owner).toBe(hands ? "cluster1" : undefined);
  });
});

describe("two that run it after a partition", () => {
  const conflict = { claim: { epoch: 4, owner: "cluster1" }, sinceMs: 9_900 };
  const both = facts({ runningHere: true, conflict });

  it("the later claim wins, unless the group is at home here and nothing speaks against it", () => {
    expect(decideGroup(both, world({ failback: "off" })).yieldTo).toEqual(conflict.claim);
    expect(decideGroup(both, world()).claim?.owner).toBe("master");
    expect(decideGroup(facts({ ...both, home: "cluster1" }), world()).yieldTo).toEqual(conflict.claim);
  });

  it("waits a moment for the ping nodes to answer again, not longer", () => {
    expect(decideGroup(both, world({ behindSinceMs: 9_900 }))).toMatchObject({
      wish: "run",
      againAtMs: 10_400,
    });
    expect(decideGroup(both, world({ behindSinceMs: 9_900, nowMs: 10_400 })).yieldTo).toEqual(conflict.claim);
  });
});

it("gives a group up as soon as a higher claim names another", () => {
  expect(
    decideGroup(facts({ claim: THEIRS, runningHere: true }), world({ peers: [peer({ claim: THEIRS })] })),
  ).toMatchObject({
    wish: "stop",
  });
});
