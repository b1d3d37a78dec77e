// The old commands where no heartbeat is: what they print, and their exit codes.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { ControlRoom, failureOf } from "../../testkit/control-room.js";
import { recordingTerminal } from "../../testkit/recording-terminal.js";
import { clStatus } from "./cl-status.js";
import { compat } from "./compat.js";
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

it("the commands that are not there yet say so", async () => {
  const terminal = recordingTerminal();
  expect(await compat("hb_addnode", ["third"], terminal)).toBe(1);
  expect(terminal.written.err).toContain("hb_addnode: not supported yet");
  expect(await compat("hb_setweight", [], terminal)).toBe(1);
  expect(terminal.written.out).toBe("usage: hb_setweight <node> <weight>\n");
  expect(await compat("rm", ["-rf"], terminal)).toBe(64);
});
