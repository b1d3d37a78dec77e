// The old commands where no heartbeat is: what they print, and their exit codes.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { ControlRoom, failureOf } from "../../testkit/control-room.js";
import { recordingTerminal } from "../../testkit/recording-terminal.js";
import { clStatus } from "./cl-status.js";
import { compat } from "./compat.js";
import { editNodes } from "./node-commands.js";
import { moveGroups } from "./resource-commands.js";

const NOWHERE = { socket: join(tmpdir(), "systole-no-such-socket") };
let room: ControlRoom | undefined;

afterEach(async () => {
  await room?.close();
  room = undefined;
});

it("cl_status says that nothing runs, as heartbeat's does", async () => {
  const terminal = recordingTerminal();
  expect(await clStatus(["hbstatus"], terminal, NOWHERE)).toBe(1);
  expect(terminal.written.out).toBe("Heartbeat is stopped on this machine.\n");
  expect(await clStatus(["listnodes"], terminal, NOWHERE)).toBe(1);
  expect(terminal.written.err).toMatch(
    /cl_status: \[\d+\]: ERROR: Cannot signon with heartbeat\n.*ERROR: REASON: hb_api_signon: /,
  );
});

it("cl_status knows its sub-commands without a daemon", async () => {
  const terminal = recordingTerminal();
  expect(await clStatus([], terminal, NOWHERE)).toBe(0);
  expect(terminal.written.out).toContain("Usage: cl_status <sub-command>");
  expect(await clStatus(["constructor"], terminal, NOWHERE)).toBe(11);
  expect(terminal.written.err).toContain("ERROR: constructor: invalid sub-command.\n");
});

it("hb_standby asks the daemon, and exits with 1 when it is refused", async () => {
  room = new ControlRoom();
  await room.open();
  const options = { runDir: room.runDirectory };
  const terminal = recordingTerminal();
  expect(await moveGroups("hb_standby", ["failback"], terminal, options)).toBe(0);
  expect(room.cluster.requests).toEqual([{ kind: "standby", set: "foreign" }]);
  expect(await moveGroups("hb_takeover", [], terminal, options)).toBe(0);
  expect(room.cluster.requests.at(-1)).toEqual({ kind: "takeover", set: "all" });
});

it("hb_standby refuses wrong arguments in the old words", async () => {
  const terminal = recordingTerminal();
  expect(await compat("hb_standby", ["everything"], terminal)).toBe(1);
  expect(await compat("hb_takeover", ["all", "local"], terminal)).toBe(1);
  expect(terminal.written.out).toBe(
    "hb_standby: wrong resources(everything).\nusage:\nhb_takeover: too many arguments\nusage:\n",
  );
});

it("hb_standby fails where no daemon runs", async () => {
  const error = await failureOf(
    moveGroups("hb_standby", [], recordingTerminal(), { runDir: join(tmpdir(), "systole-no-such-run") }),
  );
  expect(error.code).toBe("CONTROL_UNREACHABLE");
});

it("hb_addnode and its like change the list of nodes", async () => {
  room = new ControlRoom();
  await room.open();
  const options = { runDir: room.runDirectory };
  const terminal = recordingTerminal();
  const codes = [
    await editNodes("hb_addnode", ["third", "Fourth fifth"], terminal, options),
    await editNodes("hb_delnode", ["third"], terminal, options),
    await editNodes("hb_setweight", ["third", "50"], terminal, options),
    await editNodes("hb_setsite", ["third", "berlin"], terminal, options),
  ];
  expect(codes).toEqual([0, 0, 0, 0]);
  expect(terminal.written).toEqual({ out: "", err: "" });
  expect(room.cluster.edits).toEqual([
    { kind: "add", nodes: ["third", "Fourth", "fifth"] },
    { kind: "delete", nodes: ["third"] },
    { kind: "weight", node: "third", weight: 50 },
    { kind: "site", node: "third", site: "berlin" },
  ]);
});

it("hb_delnode exits with 1 and the reason when it is refused", async () => {
  room = new ControlRoom();
  await room.open();
  room.cluster.answerEdit = () => ({ ok: false, reason: "third is not dead; stop it first" });
  const terminal = recordingTerminal();
  expect(await editNodes("hb_delnode", ["third"], terminal, { runDir: room.runDirectory })).toBe(1);
  expect(terminal.written.err).toBe("hb_delnode: third is not dead; stop it first\n");
});

it("hb_setweight and its like refuse wrong arguments in the old words, without a daemon", async () => {
  const terminal = recordingTerminal();
  expect(await compat("hb_addnode", [], terminal)).toBe(1);
  expect(await compat("hb_delnode", ["--help"], terminal)).toBe(1);
  expect(await compat("hb_setweight", ["third"], terminal)).toBe(1);
  expect(terminal.written.out).toBe(
    "usage: hb_addnode <node> <node> ...\nusage: hb_delnode <node> <node> ...\nusage: hb_setweight <node> <weight>\n",
  );
  expect(await compat("hb_setweight", ["third", "heavy"], terminal)).toBe(1);
  expect(terminal.written.err).toBe(
    'hb_setweight: "heavy" is not a weight; write a whole number, e.g. 100\n',
  );
});

it("there are no other old commands", async () => {
  expect(await compat("rm", ["-rf"], recordingTerminal())).toBe(64);
});
