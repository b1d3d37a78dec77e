// The exchange of ipfail, as captured: the node that reaches fewer ping nodes gives everything up.
import { beforeEach, describe as suite, expect, test } from "vitest";
import type { NodeState } from "../../../ports/index.js";
import { HeartbeatPeer } from "./testkit/heartbeat-peer.js";
import { view } from "./testkit/host.js";

const IPFAIL = { from_id: "ipfail", to_id: "ipfail", client_gen: "0" };

function ready(failback: "on" | "off", held = "local"): HeartbeatPeer {
  const peer = new HeartbeatPeer({ ipfail: true, failback });
  pings(peer, "ping", "ping");
  peer.input({ kind: "self.active" });
  peer.says({ t: "starting" });
  peer.reports(held, "1");
  return peer;
}

function pings(peer: HeartbeatPeer, ...states: readonly NodeState[]): void {
  peer.pings = states.map((state, index) => view(`gateway${index}`, "ping", state, 0));
}

function lose(peer: HeartbeatPeer): void {
  pings(peer, "dead", "ping");
  peer.input({ kind: "node.changed", node: "gateway0", from: "ping", to: "dead", reason: "silent" });
}

suite("with auto_failback off", () => {
  let peer: HeartbeatPeer;
  let signedOn: readonly string[];
  beforeEach(() => {
    peer = ready("off");
    signedOn = peer.heard();
  });

  test("signs on when the node becomes active", () => {
    expect(signedOn).toContain("hbapi-clstat signon");
  });

  test("a lost ping node is told to the peer, and its verdict obeyed after two keepalives", () => {
    lose(peer);
    expect(peer.sentTo("num_ping_nodes")).toBe("alpha");
    expect(peer.heard()).toEqual(["num_ping_nodes 1"]);
    peer.says({ t: "you_are_dead", ...IPFAIL });
    peer.run(1900);
    expect(peer.heard()).toEqual([]);
    peer.run(200);
    expect(peer.heard()).toEqual(["ask_resources all me"]);
    peer.says({ t: "ask_resources", rsc_hold: "all", info: "other" });
    expect([...peer.running]).toEqual([]);
  });

  test("a second verdict starts the two keepalives anew", () => {
    peer.says({ t: "you_are_dead", ...IPFAIL });
    peer.run(1500);
    peer.says({ t: "you_are_dead", ...IPFAIL });
    peer.run(1500);
    expect(peer.heard()).toEqual([]);
    peer.run(600);
    expect(peer.heard()).toEqual(["ask_resources all me"]);
  });

  test("the peer may take its verdict back", () => {
    peer.says({ t: "you_are_dead", ...IPFAIL });
    peer.says({ t: "abort_giveup", ...IPFAIL });
    peer.run(5000);
    expect(peer.heard()).toEqual([]);
  });

  test.each([
    ["1", ["you_are_dead"]],
    ["2", ["abort_giveup"]],
    ["3", ["ask_resources all me"]],
  ])("a peer that counts %s against our 2", (count, expected) => {
    peer.says({ t: "num_ping_nodes", num_ping: count, ...IPFAIL });
    peer.run(2000);
    expect(peer.heard()).toEqual(expected);
  });

  test("the peer's ipfail signs on and is told the count", () => {
    peer.says({ t: "hbapi-clstat", st: "join", ...IPFAIL, info: "signon" });
    expect(peer.heard()).toEqual(["num_ping_nodes 2"]);
  });

  test("a give-up that meets a cluster in transition is thought over when the peer is stable", () => {
    peer.says({ t: "you_are_dead", ...IPFAIL });
    peer.reports("local", "0");
    peer.run(3000);
    expect(peer.heard()).toEqual([]);
    peer.reports("local", "1");
    expect(peer.heard()).toEqual(["resource local stable=1"]);
    peer.run(10_000);
    expect(peer.heard()).toEqual(["num_ping_nodes 2"]);
  });
});

test("auto_failback on: equal counts bring home what a node that saw less had given up", () => {
  const peer = ready("on");
  peer.says({ t: "ask_resources", rsc_hold: "all", info: "me" });
  peer.reports("none", "0", "standby");
  peer.says({ t: "ask_resources", rsc_hold: "all", info: "done" });
  peer.reports("none", "1");
  peer.run(20_000);
  expect([...peer.running].toSorted()).toEqual(["db", "web"]);
  peer.heard();
  peer.says({ t: "num_ping_nodes", num_ping: "2", ...IPFAIL });
  expect(peer.heard()).toEqual(["abort_giveup"]);
  peer.run(2000);
  expect(peer.heard()).toEqual(["ask_resources foreign me"]);
});

test("nothing of it without ipfail", () => {
  const peer = new HeartbeatPeer({ ipfail: false });
  peer.input({ kind: "self.active" });
  peer.reports("local", "1");
  peer.heard();
  lose(peer);
  peer.says({ t: "you_are_dead", ...IPFAIL });
  peer.run(5000);
  expect(peer.heard()).toEqual([]);
});
