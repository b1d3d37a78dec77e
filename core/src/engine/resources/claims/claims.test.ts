import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunState } from "../../../ports/index.js";
import { compareClaims, sameClaim, type Claim } from "./claim.js";
import { decideGroup, type GroupFacts } from "./decide.js";
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

const MINE: Claim = { epoch: 3, owner: "master" };
const THEIRS: Claim = { epoch: 3, owner: "cluster1" };

function facts(changes: Partial<GroupFacts> = {}): GroupFacts {
  return {
    key: "ip",
    home: "master",
    claim: MINE,
    conflict: undefined,
    secondHandAtMs: undefined,
    holders: new Set(),
    failedAtMs: undefined,
    failbackDue: false,
    runningHere: false,
    away: undefined,
    exhausted: false,
    down: undefined,
    elsewhere: undefined,
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
  readonly pings?: number;
}

function peer({
  state = "active",
  claim = MINE,
  run = "stopped",
  ready = true,
  failed = false,
  exhausted = false,
  pings = 0,
}: PeerOptions = {}): Peer {
  const groups = new Map([["ip", { claim, state: run, ...WELL, failed, exhausted, why: "" }]]);
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
    unaided: false,
    elsewhereAgainMs: 3000,
    peers: [peer()],
    rivals: new Set<string>(),
    unsettled: new Set(),
    standing: { rule: "in-company", serves: true, take: "yes", why: "", missing: [] },
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

describe("a group that fails while it runs", () => {
  const failing = facts({ runningHere: true, away: "nginx failed 3 times on this node", exhausted: true });

  it("goes to a node on which it has not failed too often", () => {
    expect(decideGroup(failing, world()).claim).toEqual({ owner: "cluster1", why: failing.away });
  });

  it("stays when it failed too often there too, and says so", () => {
    const decision = decideGroup(failing, world({ peers: [peer({ exhausted: true })] }));
    expect(decision).toEqual({ wish: "run", waiting: "it failed too often on cluster1 too" });
  });

  it("does not go home to a node on which it failed too often", () => {
    const homesick = facts({ home: "cluster1", runningHere: true, failbackDue: true });
    expect(decideGroup(homesick, world()).claim?.owner).toBe("cluster1");
    expect(decideGroup(homesick, world({ peers: [peer({ exhausted: true })] })).claim).toBeUndefined();
  });

  it("is taken from a dead owner even where it failed too often, when there is no better node", () => {
    const orphan = facts({ claim: THEIRS, exhausted: true });
    expect(decideGroup(orphan, world({ peers: [peer({ state: "dead" })] })).claim?.owner).toBe("master");
  });

  it("that is to stay down is started by nobody, whatever becomes of its owner", () => {
    const down = facts({ claim: THEIRS, down: "its on-fail is stop" });
    expect(decideGroup(down, world({ peers: [peer({ state: "dead" })] }))).toEqual({
      wish: "stop",
      waiting: "its on-fail is stop",
    });
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
