// Who may do what at the daemon's sockets: tried as other users, for it is the kernel that decides.
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeCluster, recordingLogger } from "../testkit/fake-cluster.js";
import { askDaemon, askReading } from "./control-client.js";
import { ControlSockets } from "./control-sockets.js";
import { onlyReads, type ControlRequest } from "./protocol.js";
import { controlSocketPath, prepareRunDirectory, readerSocketPath } from "./run-directory.js";

const READERS = 54_321;
const MEMBER = { uid: 60_001, gid: READERS };
const STRANGER = { uid: 60_002, gid: 60_002 };
const ASK = { timeoutMs: 5000 };
const cannotBecomeOthers = process.geteuid?.() !== 0 && process.env["CI"] === undefined;
const CHANGES: readonly ControlRequest[] = [
  { command: "standby", set: "all" },
  { command: "takeover", set: "all" },
  { command: "node", edit: { kind: "add", nodes: ["third"] } },
  { command: "cleanup" },
  { command: "keys-rotate" },
  { command: "keys-reload" },
  { command: "stop" },
];

let directory: string;
let sockets: ControlSockets;
let cluster: FakeCluster;
const run = () => join(directory, "run");

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "systole-readers-"));
  chmodSync(directory, 0o755);
  cluster = new FakeCluster();
});
afterEach(async () => {
  await sockets.close();
  rmSync(directory, { recursive: true });
});

async function open(readers?: number): Promise<void> {
  sockets = await ControlSockets.open({ runDirectory: run(), version: "1", log: recordingLogger(), readers });
  sockets.attach(cluster, { reloadKeys: () => cluster.changeKeys({ kind: "rotate" }) });
}

const PROGRAM = `
const socket = require("node:net").connect(process.argv[1], () => socket.write(process.argv[2] + "\\n"));
socket.on("data", (bytes) => { process.stdout.write(bytes); socket.destroy(); });
socket.on("error", (error) => { process.stdout.write(error.code); process.exit(0); });`;

/** What a user gets to hear at a socket: the daemon's answer, or the kernel's. */
function asUser(who: { uid: number; gid: number }, path: string, request: ControlRequest): Promise<string> {
  return new Promise((resolve) => {
    // Not waited for synchronously: the daemon that answers lives in this process.
    const child = spawnAs(who, [path, JSON.stringify(request)]);
    let text = "";
    child.stdout.on("data", (bytes: Buffer) => (text += bytes.toString()));
    child.on("close", () => resolve(text));
  });
}

describe("the socket for root", () => {
  it("is for nobody else, and the only one unless a group is named", async () => {
    await open();
    expect(statSync(controlSocketPath(run())).mode & 0o777).toBe(0o600);
    expect(statSync(readerSocketPath(run()), { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe("requests", () => {
  it("say of themselves whether they only read", () => {
    expect(CHANGES.filter(onlyReads)).toEqual([]);
    for (const command of ["ping", "status", "keys"] as const) expect(onlyReads({ command })).toBe(true);
  });
});

describe.skipIf(cannotBecomeOthers)("with a group that may look", () => {
  beforeEach(() => open(READERS));

  it("the kernel lets its members to one socket, and strangers to none", async () => {
    expect(statSync(run())).toMatchObject({ gid: READERS });
    expect(statSync(run()).mode & 0o777).toBe(0o750);
    expect(statSync(readerSocketPath(run()))).toMatchObject({ gid: READERS });
    expect(statSync(controlSocketPath(run())).mode & 0o777).toBe(0o600);
    for (const path of [controlSocketPath(run()), readerSocketPath(run())])
      expect(await asUser(STRANGER, path, { command: "status" })).toBe("EACCES");
    expect(await asUser(MEMBER, controlSocketPath(run()), { command: "stop" })).toBe("EACCES");
    expect(await asUser(MEMBER, readerSocketPath(run()), { command: "status" })).toContain('"ok":true');
  });

  it("nothing can be changed at their socket, whoever asks", async () => {
    for (const request of CHANGES) {
      expect(await askDaemon(readerSocketPath(run()), request, ASK)).toMatchObject({
        ok: false,
        code: "not-permitted",
      });
    }
    expect(await asUser(MEMBER, readerSocketPath(run()), { command: "stop" })).toContain("not-permitted");
    expect([cluster.requests, cluster.edits, cluster.keyRequests, cluster.stops]).toEqual([[], [], [], 0]);
  });

  it("whoever may do everything looks at the other socket all the same", async () => {
    expect(await askReading(run(), { command: "status" }, ASK)).toMatchObject({ ok: true });
    expect(await askDaemon(controlSocketPath(run()), { command: "standby", set: "all" }, ASK)).toMatchObject({
      ok: true,
    });
    expect(cluster.requests).toHaveLength(1);
  });

  it("a daemon that no longer names the group shuts it out", async () => {
    await sockets.close();
    await open();
    expect(await asUser(MEMBER, readerSocketPath(run()), { command: "status" })).toMatch(/EACCES|ENOENT/);
  });

  it("the directory is still refused when its members could put a socket there", async () => {
    chmodSync(run(), 0o770);
    expect(() => prepareRunDirectory(run(), READERS)).toThrow(/written by others/);
    chmodSync(run(), 0o750);
  });
});

function spawnAs({ uid, gid }: { uid: number; gid: number }, args: readonly string[]) {
  return spawn("setpriv", [
    `--reuid=${uid}`,
    `--regid=${gid}`,
    "--clear-groups",
    process.execPath,
    "-e",
    PROGRAM,
    ...args,
  ]);
}
