// What a machine does about a heartbeat that it has not heard for a while, or that has not heard it: it asks before it believes.
import { expect, test } from "vitest";
import { HeartbeatPeer } from "./testkit/heartbeat-peer.js";

const ask = (info: string, set: string) => ({ t: "ask_resources", rsc_hold: set, info });

/** Alpha is dead, and everything runs here. */
function alone(failback: "on" | "legacy" = "on"): HeartbeatPeer {
  const peer = new HeartbeatPeer({ failback });
  peer.input({ kind: "self.active" });
  peer.becomes("dead", "silent");
  expect([...peer.running].toSorted()).toEqual(["db", "web"]);
  peer.heard();
  return peer;
}

/** Both run, each with its own group. */
function both(): HeartbeatPeer {
  const peer = new HeartbeatPeer();
  peer.input({ kind: "self.active" });
  peer.says({ t: "starting" });
  peer.reports("local", "1");
  expect([...peer.running]).toEqual(["db"]);
  peer.heard();
  return peer;
}

/** Alpha has not said yet whether it is stable: ten seconds run. */
function starting(): HeartbeatPeer {
  const peer = new HeartbeatPeer();
  peer.input({ kind: "self.active" });
  peer.says({ t: "starting" });
  peer.reports("none", "0");
  peer.heard();
  return peer;
}

test("a heartbeat that has started where nobody heard it is asked until it says what it holds, and then for that", () => {
  const peer = alone();
  peer.becomes("active", "started");
  peer.run(11_500);
  const asked = ["resource all stable=0", "resource all stable=1"];
  expect(peer.heard()).toEqual([...asked, ...asked]);
  peer.reports("all", "1");
  peer.run(6000);
  expect(peer.heard()).toEqual(["resource all stable=1", "hb_takeover all"]);
});

test("with legacy nobody says what he holds: each keeps what is at home there, and asks for it until it is answered", () => {
  const peer = alone("legacy");
  peer.becomes("active", "started");
  peer.run(5000);
  expect([...peer.running]).toEqual(["db"]);
  expect(peer.heard()).toEqual(["ip-request db"]);
  peer.run(10_000);
  expect(peer.heard()).toEqual(["ip-request db"]);
  peer.says({ t: "ip-request-resp", ipaddr: "db", weown: "yes", ok: "OK" });
  peer.run(20_000);
  expect(peer.heard()).toEqual([]);
  expect(peer.machine.view()).toMatchObject({ stable: true });
});

test("a heartbeat that calls this node dead is asked what it has taken", () => {
  const peer = both();
  peer.says({ t: "stonith", node: "bravo", result: "n_stnth" });
  peer.run(6500);
  expect(peer.heard()).toEqual(["resource local stable=0", "resource local stable=1"]);
});

test("an agreement that comes too late is kept to: the heartbeat would wait for an hour", () => {
  const peer = both();
  peer.input({ kind: "operator.requested", id: 1, request: { kind: "standby", set: "local" } });
  peer.run(11_000);
  peer.heard();
  peer.says(ask("other", "local"));
  expect(peer.heard()).toEqual(["resource none stable=0 standby", "ask_resources local done"]);
  expect([...peer.running]).toEqual([]);
});

test("an offer that is not followed by giving up is void after ten seconds, and else has an hour", () => {
  const peer = both();
  peer.says(ask("me", "local"));
  peer.run(9000);
  expect(peer.machine.view().why).toContain("A standby");
  peer.run(2000);
  expect(peer.machine.view().stable).toBe(true);
  peer.says(ask("me", "local"));
  peer.reports("none", "0", "standby");
  peer.run(1_000_000);
  expect(peer.machine.view().why).toContain("A standby");
  peer.says(ask("done", "local"));
  expect([...peer.running].toSorted()).toEqual(["db", "web"]);
});

test("a node that stood still while it was starting asks again before it takes its own groups", () => {
  const peer = starting();
  peer.nowMs += 12_000;
  peer.input({ kind: "self.away" });
  peer.input({ kind: "tick" });
  expect(peer.heard()).toEqual([]);
  peer.run(1500);
  expect(peer.heard()).toEqual(["starting"]);
  peer.reports("all", "1");
  expect([...peer.running]).toEqual([]);
  expect(peer.machine.view()).toMatchObject({ phase: "stable", holds: "none" });
});

test("a node that stood still refuses orders until it has listened, and then asks what is so now", () => {
  const peer = both();
  peer.input({ kind: "self.away" });
  peer.input({ kind: "operator.requested", id: 1, request: { kind: "standby", set: "all" } });
  expect(peer.outputs.find(({ kind }) => kind === "operator.answered")).toMatchObject({ ok: false });
  peer.run(2500);
  expect(peer.heard()).toEqual(["resource local stable=0", "resource local stable=1"]);
});

test("a node that is starting does not take its groups while the heartbeat is silent", () => {
  const peer = starting();
  peer.peerHeardAtMs = 0;
  peer.run(20_000);
  expect([...peer.running]).toEqual([]);
  peer.peerHeardAtMs = 20_000;
  peer.input({ kind: "tick" });
  expect([...peer.running]).toEqual(["db"]);
});

test("that it is stable again is said once more, for heartbeat believes what comes last", () => {
  const peer = both();
  peer.says(ask("me", "local"));
  // The first word of this node was that it is not stable yet. It is not repeated in the middle of an exchange.
  peer.run(5000);
  expect(peer.saidAgain.size).toBe(0);
  peer.says(ask("done", "local"));
  peer.reports("none", "1");
  peer.run(20_000);
  expect(peer.saidAgain.size).toBe(1);
});

test("what a heartbeat does not claim although it is at home there is taken when both have rested", () => {
  const peer = both();
  peer.reports("none", "1");
  peer.run(9500);
  expect([...peer.running]).toEqual(["db"]);
  peer.run(1000);
  expect([...peer.running].toSorted()).toEqual(["db", "web"]);
  expect(peer.machine.view()).toMatchObject({ holds: "all" });
});

test("a heartbeat that dies with what it was just given is fenced, although it has not reported it", () => {
  const peer = new HeartbeatPeer({ fencing: true });
  peer.input({ kind: "self.active" });
  peer.says({ t: "starting" });
  peer.reports("none", "1");
  peer.input({ kind: "operator.requested", id: 1, request: { kind: "standby", set: "local" } });
  peer.says(ask("other", "local"));
  peer.says(ask("done", "local"));
  expect(peer.machine.view()).toMatchObject({ holds: "none", otherHolds: "foreign" });
  peer.becomes("dead", "silent");
  expect(peer.outputs.filter(({ kind }) => kind === "fence.request")).toHaveLength(1);
  expect([...peer.running]).toEqual([]);
});
