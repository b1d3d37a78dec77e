// The machine beside what a real heartbeat 3.0.6 was captured to say, with its reorderings.
import { describe, expect, test } from "vitest";
import { HeartbeatPeer } from "./testkit/heartbeat-peer.js";
import { group } from "./testkit/host.js";

const ask = (info: string, set = "foreign") => ({ t: "ask_resources", rsc_hold: set, info });

/** Alpha is dead, and everything runs here. */
function alone(options: ConstructorParameters<typeof HeartbeatPeer>[0] = {}): HeartbeatPeer {
  const peer = new HeartbeatPeer(options);
  peer.input({ kind: "self.active" });
  peer.becomes("dead", "silent");
  expect([...peer.running].toSorted()).toEqual(["db", "web"]);
  peer.heard();
  return peer;
}

/** Both run, each with its own group. */
function both(options: ConstructorParameters<typeof HeartbeatPeer>[0] = {}): HeartbeatPeer {
  const peer = new HeartbeatPeer(options);
  peer.input({ kind: "self.active" });
  peer.says({ t: "starting" });
  peer.reports("local", "1");
  expect([...peer.running]).toEqual(["db"]);
  peer.heard();
  return peer;
}

test("a cold start in which the heartbeat is stable first", () => {
  const peer = new HeartbeatPeer();
  peer.input({ kind: "self.active" });
  peer.says({ t: "starting" });
  peer.reports("none", "0");
  peer.run(9000);
  expect(peer.heard()).toEqual(["starting", "resource none stable=0"]);
  peer.reports("local", "1");
  expect(peer.heard()).toEqual([
    "resource none stable=0",
    "resource local stable=1",
    "resource local stable=1 req_our_resources()",
  ]);
});

test("a restarted heartbeat gets its groups back, although its last two messages arrive in the wrong order", () => {
  const peer = alone();
  peer.restarts();
  peer.says({ t: "starting" });
  expect(peer.heard()).toEqual(["resource all stable=1"]);
  peer.reports("none", "0");
  peer.reports("none", "1");
  expect(peer.heard()).toEqual(["resource all stable=1", "ask_resources foreign me"]);
  peer.says(ask("other"));
  expect(peer.heard()).toEqual(["resource local stable=0 standby", "ask_resources foreign done"]);
  expect([...peer.running]).toEqual(["db"]);
  peer.reports("local", "1", undefined, 0xf);
  peer.says(ask("done"), 0xe);
  expect(peer.heard()).toEqual(["resource local stable=1", "resource local stable=1"]);
  expect(peer.machine.view()).toMatchObject({ stable: true, holds: "local", otherHolds: "local" });
});

test("an older report that arrives after the announced shutdown changes nothing", () => {
  const peer = both();
  peer.reports("none", "0", "shutdown", 0x44);
  peer.reports("all", "1", undefined, 0x43);
  expect(peer.machine.view()).toMatchObject({ otherHolds: "none", otherStable: false });
  peer.says({ t: "shutdone", st: "dead" });
  expect(peer.heard()).toEqual(["resource all stable=1 req_our_resources()", "resource foreign mach_down"]);
  expect([...peer.running].toSorted()).toEqual(["db", "web"]);
});

test("the report of a script adds a set and says nothing about stability", () => {
  const peer = both();
  peer.says({ t: "resource", rsc_hold: "foreign", info: "mach_down" });
  expect(peer.machine.view()).toMatchObject({ otherHolds: "all", otherStable: true });
});

test("a node with nothing at home owns that nothing when it joins in mid-life", () => {
  const joined = { stable: true, groups: [group("web", "alpha")], holding: ["web"] };
  expect(new HeartbeatPeer(joined).machine.view()).toMatchObject({ holds: "all" });
  expect(new HeartbeatPeer({ ...joined, holding: [] }).machine.view()).toMatchObject({ holds: "local" });
});

describe("a partition heals", () => {
  test("a heartbeat that restarts itself finds everything here, and then gets its groups back", () => {
    const peer = alone();
    peer.becomes("active", "partition-healed");
    expect(peer.heard()).toEqual(["resource all stable=0"]);
    peer.run(1000);
    peer.reports("all", "1");
    peer.run(1500);
    peer.reports("none", "0", "shutdown");
    peer.run(3000);
    peer.says({ t: "shutdone", st: "dead" });
    peer.run(6000);
    peer.becomes("dead", "stopped");
    expect([...peer.running].toSorted()).toEqual(["db", "web"]);
    peer.heard();
    peer.restarts();
    peer.says({ t: "starting" });
    peer.reports("none", "0");
    peer.reports("none", "1");
    expect(peer.heard()).toEqual([
      "resource all stable=1",
      "resource all stable=1",
      "ask_resources foreign me",
    ]);
  });

  test("what both ran is announced again when the heartbeat has let go", () => {
    const peer = alone();
    peer.becomes("active", "partition-healed");
    peer.reports("none", "0", "shutdown");
    expect(peer.outputs.filter(({ kind }) => kind === "group.announce")).toEqual([]);
    peer.says({ t: "shutdone", st: "dead" });
    expect(peer.outputs.filter(({ kind }) => kind === "group.announce")).toEqual([
      { kind: "group.announce", key: "web" },
      { kind: "group.announce", key: "db" },
    ]);
  });

  /** It claims everything beside us, and does not restart itself: for it we were never dead. */
  const frozen = (): HeartbeatPeer => {
    const peer = alone();
    peer.becomes("active", "partition-healed");
    peer.reports("all", "1", "req_our_resources()");
    peer.says({ t: "resource", rsc_hold: "foreign", info: "mach_down" });
    peer.run(4500);
    expect([...peer.running].toSorted()).toEqual(["db", "web"]);
    peer.outputs.splice(0);
    return peer;
  };

  test("a heartbeat that was frozen is asked for what it claims, and users stay with this node", () => {
    const peer = frozen();
    peer.run(1000);
    expect(peer.heard()).toEqual(["hb_takeover all"]);
    peer.says(ask("me", "all"));
    expect(peer.heard()).toEqual(["ask_resources all other"]);
    peer.reports("none", "0", "standby");
    peer.says(ask("done", "all"));
    expect([...peer.running].toSorted()).toEqual(["db", "web"]);
    const announced = peer.outputs.filter(({ kind }) => kind === "group.announce");
    expect(announced).toEqual([
      { kind: "group.announce", key: "web" },
      { kind: "group.announce", key: "db" },
    ]);
    expect(peer.heard()).toEqual(["ask_resources all done", "resource all stable=1"]);
  });

  test("what a heartbeat that was frozen does not give up this node lets go of", () => {
    const peer = frozen();
    peer.run(1000);
    expect(peer.heard()).toEqual(["hb_takeover all"]);
    peer.run(2000);
    expect([...peer.running].toSorted()).toEqual(["db", "web"]);
    peer.run(1000);
    expect([...peer.running]).toEqual([]);
    expect(peer.heard()).toEqual(["resource none stable=1"]);
    expect(peer.machine.view()).toMatchObject({ stable: true, otherHolds: "all" });
  });

  test("claims beside ours are settled also when this node never missed the peer", () => {
    const peer = both({ failback: "off" });
    peer.reports("all", "1", "req_our_resources()");
    expect(peer.machine.view().stable).toBe(false);
    peer.run(9000);
    expect([...peer.running]).toEqual([]);
  });
});

describe("taking over in mid-life", () => {
  test("what runs here is announced, and what is half held is completed", () => {
    const peer = new HeartbeatPeer({ stable: true, holding: ["web", "db"] });
    peer.run(2000);
    expect(peer.heard()).toEqual(["resource all stable=0", "resource all stable=1"]);
    peer.says({ t: "starting" });
    peer.reports("none", "0");
    peer.reports("none", "1");
    expect(peer.heard()).toEqual([
      "resource all stable=1",
      "resource all stable=1",
      "ask_resources foreign me",
    ]);
  });

  test("an unknown peer that dies is fenced before anything is taken", () => {
    const peer = new HeartbeatPeer({ stable: true, holding: ["db"], fencing: true });
    peer.run(2000);
    peer.becomes("dead", "silent");
    expect(peer.outputs).toContainEqual({ kind: "fence.request", node: "alpha" });
    expect([...peer.running]).toEqual(["db"]);
    peer.input({ kind: "fence.reported", node: "alpha", ok: true, reason: "" });
    expect([...peer.running].toSorted()).toEqual(["db", "web"]);
  });
});

test("a death that is told twice is dealt with once", () => {
  const peer = new HeartbeatPeer({ fencing: true });
  peer.becomes("dead", "silent");
  peer.input({ kind: "self.active" });
  peer.input({ kind: "node.changed", node: "alpha", from: "init", to: "dead", reason: "silent" });
  expect(peer.outputs.filter((output) => output.kind === "fence.request")).toHaveLength(1);
  peer.input({ kind: "fence.reported", node: "alpha", ok: true, reason: "" });
  peer.becomes("active", "started");
  peer.becomes("dead", "silent");
  expect(peer.outputs.filter((output) => output.kind === "fence.request")).toHaveLength(2);
});

test("while the peer waits to be fenced, the ten seconds of starting do not count", () => {
  const peer = new HeartbeatPeer({ fencing: true });
  peer.input({ kind: "self.active" });
  peer.says({ t: "starting" });
  peer.becomes("dead", "silent");
  peer.run(20_000);
  expect([...peer.running]).toEqual([]);
  peer.input({ kind: "fence.reported", node: "alpha", ok: true, reason: "" });
  expect([...peer.running].toSorted()).toEqual(["db", "web"]);
});

describe("legacy", () => {
  test("groups move by request and answer, and nothing else is said", () => {
    const peer = new HeartbeatPeer({ failback: "legacy" });
    peer.input({ kind: "self.active" });
    expect(peer.sentTo("ip-request")).toBeUndefined();
    expect(peer.heard()).toEqual(["ip-request db"]);
    expect(peer.machine.view().stable).toBe(false);
    peer.says({ t: "ip-request-resp", ipaddr: "db", weown: "no", ok: "OK" });
    expect([...peer.running]).toEqual(["db"]);
    peer.says({ t: "ip-request", ipaddr: "web" });
    expect(peer.sentTo("ip-request-resp")).toBe("alpha");
    expect(peer.heard()).toEqual(["ip-request-resp web no"]);
    peer.says({ t: "shutdone", st: "dead" });
    expect([...peer.running].toSorted()).toEqual(["db", "web"]);
    peer.becomes("dead", "silent");
    expect(peer.heard()).toEqual(["stonith alpha unneeded"]);
    peer.restarts();
    peer.says({ t: "ip-request", ipaddr: "web" });
    expect([...peer.running]).toEqual(["db"]);
    expect(peer.heard()).toEqual(["ip-request-resp web yes"]);
    expect(peer.machine.view()).toMatchObject({ stable: true, holds: "local" });
  });

  test("an unanswered request is repeated; a dead peer is taken over from", () => {
    const peer = new HeartbeatPeer({ failback: "legacy" });
    peer.input({ kind: "self.active" });
    peer.run(10_000);
    expect(peer.heard()).toEqual(["ip-request db", "ip-request db"]);
    peer.becomes("dead", "silent");
    expect(peer.heard()).toEqual(["stonith alpha n_stnth"]);
    expect([...peer.running].toSorted()).toEqual(["db", "web"]);
  });

  test("a stop gives everything up and says only goodbye; a standby of the peer is ignored", () => {
    const peer = new HeartbeatPeer({ failback: "legacy", stable: true, holding: ["db"] });
    peer.run(100);
    peer.says(ask("me", "all"));
    peer.input({ kind: "operator.requested", id: 1, request: { kind: "stop" } });
    expect(peer.heard()).toEqual(["shutdone"]);
    expect([...peer.running]).toEqual([]);
  });
});

test("a takeover that heartbeat's script has lost is asked for once more", () => {
  const peer = both({ failback: "off" });
  peer.heard();
  peer.input({ kind: "operator.requested", id: 1, request: { kind: "takeover", set: "all" } });
  expect(peer.heard()).toEqual(["hb_takeover all"]);
  peer.run(4900);
  expect(peer.heard()).toEqual([]);
  peer.run(200);
  expect(peer.heard()).toEqual(["hb_takeover all"]);
  peer.says(ask("me", "all"));
  expect(peer.heard()).toEqual(["ask_resources all other"]);
  peer.run(20_000);
  expect(peer.heard()).toEqual([]);
});
