// Field order as captured from heartbeat 3.0.6, without the control fields that membership adds.
import { expect, test } from "vitest";
import { textMessage, type Message } from "../../../ports/index.js";
import * as messages from "./messages.js";
import { ALL, NONE } from "./sets.js";

const order = (message: Message) => message.fields.map((field) => field.name).join(" ");

test.each<[string, Message, string]>([
  ["starting", messages.startingMessage(), "t"],
  ["resource", messages.resourceMessage(NONE, false), "t rsc_hold rtype isstable"],
  ["resource with info", messages.resourceMessage(ALL, true, "standby"), "t rsc_hold rtype isstable info"],
  ["resource of mach_down", messages.machDownMessage(), "t rsc_hold info"],
  ["ask_resources", messages.askMessage("foreign", "me"), "t rsc_hold info"],
  ["hb_takeover", messages.takeoverMessage("all"), "t rsc_hold"],
  ["ip-request", messages.ipRequestMessage("web"), "t ipaddr"],
  ["ip-request-resp", messages.ipAnswerMessage("web", true), "t ipaddr weown ok"],
  ["shutdone", messages.shutdoneMessage(), "t st"],
  ["stonith", messages.stonithMessage("bravo", "OK"), "t node result"],
  ["num_ping_nodes", messages.pingCountMessage(2), "t num_ping from_id to_id client_gen"],
  ["you_are_dead", messages.youAreDeadMessage(), "t from_id to_id client_gen"],
  ["abort_giveup", messages.abortGiveUpMessage(), "t from_id to_id client_gen"],
  ["hbapi-clstat", messages.ipfailJoinMessage(), "t st from_id to_id info client_gen"],
])("%s has heartbeat's field order", (_name, message, expected) => {
  expect(order(message)).toBe(expected);
});

test("a report is read back as it was built", () => {
  const stamped = textMessage({
    t: "resource",
    rsc_hold: "all",
    rtype: "full",
    isstable: "1",
    info: "req_our_resources()",
    seq: "1a",
    hg: "6b030994",
  });
  expect(messages.readPeerMessage(stamped)).toEqual({
    kind: "resource",
    held: "all",
    full: true,
    stable: true,
    info: "req_our_resources()",
    position: { generation: 0x6b030994, sequence: 0x1a },
  });
});

test("the report of a script neither replaces nor speaks about stability", () => {
  expect(messages.readPeerMessage(messages.machDownMessage())).toMatchObject({
    full: false,
    stable: undefined,
  });
});

test.each<[string, Record<string, string>]>([
  ["a set that does not exist", { t: "resource", rsc_hold: "most", rtype: "full", isstable: "1" }],
  ["a standby of nothing", { t: "ask_resources", rsc_hold: "none", info: "me" }],
  ["a standby step that does not exist", { t: "ask_resources", rsc_hold: "all", info: "perhaps" }],
  ["a request without a group", { t: "ip-request" }],
  ["a ping count that is no number", { t: "num_ping_nodes", num_ping: "-1", from_id: "ipfail" }],
  ["a ping count of another client", { t: "num_ping_nodes", num_ping: "1", from_id: "ccm" }],
  ["another protocol's message", { t: "status", st: "active" }],
])("%s is not a message of this protocol", (_name, fields) => {
  expect(messages.readPeerMessage(textMessage(fields))).toBeUndefined();
});

test("hb_takeover with an unknown set means all, as heartbeat's script has it", () => {
  const message = textMessage({ t: "hb_takeover", rsc_hold: "failback" });
  expect(messages.readPeerMessage(message)).toEqual({ kind: "takeover", set: "all" });
});
