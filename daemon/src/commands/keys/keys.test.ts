// `systole keys …` as an operator types it: files that appear, daemons that are told, and what is refused with which words.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyDirectory, SecretKey } from "@systole/auth-sealed";
import type { KeyReport } from "@systole/core/ports";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ControlRoom } from "../../testkit/control-room.js";
import { sampleStatus } from "../../testkit/fake-cluster.js";
import { recordingTerminal } from "../../testkit/recording-terminal.js";
import { seedMachine } from "../../testkit/seed-files.js";
import { status } from "../status.js";
import { newKey, revokeKey } from "./key-files.js";
import { keyStatus } from "./key-status.js";
import { rotateKey } from "./rotate-key.js";

let haDir: string;
let room: ControlRoom;
let terminal: ReturnType<typeof recordingTerminal>;

beforeEach(() => {
  haDir = mkdtempSync(join(tmpdir(), "systole-keys-"));
  room = new ControlRoom();
  terminal = recordingTerminal();
});
afterEach(async () => {
  await room.close();
  rmSync(haDir, { recursive: true });
});

const report = (changes: Partial<KeyReport> = {}): KeyReport => ({
  mode: "enforce",
  own: { node: "master", keys: ["aaaa"], step: "steady", waitsFor: [] },
  peers: [{ node: "cluster1", keys: ["bbbb"], sends: "sealed", mode: "enforce", trusts: [] }],
  revoked: [],
  ...changes,
});

async function daemonWith(keys: KeyReport): Promise<void> {
  await room.open();
  room.cluster.current = { ...sampleStatus(), keys };
}

async function withKeyOf(node: string): Promise<SecretKey> {
  const key = SecretKey.generate();
  await new KeyDirectory(join(haDir, "keys")).writePublic(node, [key.public]);
  return key;
}

describe("systole keys new", () => {
  const make = (options = {}) => newKey({ haDir, ...options }, terminal, seedMachine());

  it("makes a secret for this node and a file for the others, and says which is which", async () => {
    expect(await make()).toBe(0);
    expect(readdirSync(join(haDir, "keys")).toSorted()).toEqual(["master.pub", "node.key"]);
    expect(statSync(join(haDir, "keys/node.key")).mode & 0o777).toBe(0o600);
    const secret =
      readFileSync(join(haDir, "keys/node.key"), "utf8").split("x25519 ")[1]?.split(" ")[0] ?? "";
    expect(secret).not.toBe("");
    expect(terminal.written.out).not.toContain(secret);
    expect(readFileSync(join(haDir, "keys/master.pub"), "utf8")).not.toContain(secret);
    expect(terminal.written.out).toContain(`scp ${haDir}/keys/master.pub OTHER:${haDir}/keys/`);
  });

  it("does not give up a key that is there unless that is said", async () => {
    await make();
    const before = readFileSync(join(haDir, "keys/node.key"), "utf8");
    expect(await make()).toBe(1);
    expect(terminal.written.err).toContain("systole keys rotate");
    expect(readFileSync(join(haDir, "keys/node.key"), "utf8")).toBe(before);
    expect(await make({ replace: true })).toBe(0);
    expect(readFileSync(join(haDir, "keys/node.key"), "utf8")).not.toBe(before);
  });

  it("writes where systole.yaml says, under the name that is asked for", async () => {
    writeFileSync(join(haDir, "systole.yaml"), `security: { keys: ${haDir}/elsewhere }\n`);
    expect(await make({ node: "Third" })).toBe(0);
    expect(readdirSync(join(haDir, "elsewhere"))).toContain("third.pub");
  });

  it("refuses a name that would leave the directory", async () => {
    expect(await make({ node: "../evil" })).toBe(1);
    expect(readdirSync(haDir)).toEqual([]);
  });
});

describe("systole keys revoke", () => {
  const revoke = (node: string, options = {}) =>
    revokeKey(node, { haDir, runDir: room.runDirectory, ...options }, terminal);

  it("writes it down, tells the daemon, and names what is left to do", async () => {
    const key = await withKeyOf("cluster1");
    await daemonWith(
      report({ peers: [{ ...report().peers[0], sends: "nothing" } as KeyReport["peers"][number]] }),
    );
    expect(await revoke("cluster1")).toBe(0);
    expect(room.cluster.keyRequests).toMatchObject([{ kind: "reload" }]);
    expect(terminal.written.out).toContain(`Revoked: ${key.public.id} of cluster1.`);
    expect(terminal.written.out).toContain("on every other node too: systole keys revoke cluster1");
    expect(readdirSync(join(haDir, "keys"))).toEqual(["revoked"]);
  });

  it("does so where no daemon runs", async () => {
    await withKeyOf("cluster1");
    expect(await revoke("CLUSTER1")).toBe(0);
    expect(terminal.written.out).toContain("No daemon runs here");
  });

  it("does not cut off a node that is there, unless that is said", async () => {
    await withKeyOf("cluster1");
    await daemonWith(report());
    expect(await revoke("cluster1")).toBe(1);
    expect(terminal.written.err).toContain("end its daemon first");
    expect(readdirSync(join(haDir, "keys"))).toEqual(["cluster1.pub"]);
    expect(await revoke("cluster1", { force: true })).toBe(0);
  });

  it("refuses this node, and one that has no key here", async () => {
    await withKeyOf("cluster1");
    await daemonWith(report());
    expect(await revoke("master")).toBe(1);
    expect(await revoke("third")).toBe(1);
    expect(terminal.written.err).toMatch(/master is this node[^]*there is no key of third/);
  });

  it("says that signed frames are believed on, where they are", async () => {
    await withKeyOf("third");
    await daemonWith(report({ mode: "permissive" }));
    expect(await revoke("third")).toBe(0);
    expect(terminal.written.out).toContain("Signed frames are still believed");
  });
});

describe("systole keys status", () => {
  it("shows how everybody speaks, where a new key has got to, and who trusts a revoked one", async () => {
    await daemonWith(
      report({
        own: { node: "master", keys: ["aaaa", "cccc"], step: "add", waitsFor: ["third"] },
        peers: [
          { node: "cluster1", keys: ["bbbb"], sends: "sealed", mode: "permissive", trusts: ["old"] },
          { node: "third", keys: [], sends: "signed", trusts: [] },
        ],
        revoked: [{ node: "old", key: "dddd" }],
      }),
    );
    expect(await keyStatus({ runDir: room.runDirectory }, terminal)).toBe(0);
    expect(terminal.written.out).toBe(`master is in mode enforce, with the key aaaa
  add: cccc is told to the others; waits for third

  NODE      SENDS    MODE          KEYS
  cluster1  sealed   permissive    bbbb
  third     signed   -             none: its NODE.pub is missing here
  ! cluster1 still trusts old: \`systole keys revoke old\` there
  revoked: dddd of old
`);
  });

  it("prints the document for programs", async () => {
    await daemonWith(report());
    expect(await keyStatus({ runDir: room.runDirectory, json: true }, terminal)).toBe(0);
    expect(JSON.parse(terminal.written.out)).toEqual({ schemaVersion: 1, ...report() });
  });

  it("says what the first step is where frames are signed only", async () => {
    await room.open();
    expect(await keyStatus({ runDir: room.runDirectory }, terminal)).toBe(1);
    expect(terminal.written.err).toContain("mode: receive-only");
  });

  it("is summed up by systole status", async () => {
    await daemonWith(report());
    expect(await status({ runDir: room.runDirectory }, terminal)).toBe(0);
    expect(terminal.written.out).toContain("sends sealed frames");
  });
});

describe("systole keys rotate", () => {
  const rotate = (timeout = 5) => rotateKey({ runDir: room.runDirectory, timeout }, terminal);

  it("shows each step as it is reached", async () => {
    await room.open();
    const steps = [
      report({ own: { node: "master", keys: ["aaaa", "cccc"], step: "add", waitsFor: ["cluster1"] } }),
      report({ own: { node: "master", keys: ["cccc", "aaaa"], step: "activate", waitsFor: [] } }),
      report({ own: { node: "master", keys: ["cccc"], step: "steady", waitsFor: [] } }),
    ];
    room.cluster.status = () => ({ ...sampleStatus(), keys: steps.shift() ?? report() });
    expect(await rotate()).toBe(0);
    expect(terminal.written.out).toBe(`add: cccc is told to the others; waits for cluster1
activate: cccc seals; aaaa still opens what is on its way
done: cccc is the only key
`);
  });

  it("gives up waiting in time, and says that the daemon does not", async () => {
    await daemonWith(
      report({ own: { node: "master", keys: ["a", "c"], step: "add", waitsFor: ["cluster1"] } }),
    );
    expect(await rotate(0.3)).toBe(124);
    expect(terminal.written.err).toContain("the daemon goes on by itself");
  });

  it("says why it cannot begin", async () => {
    await daemonWith(report());
    room.cluster.changeKeys = () => Promise.resolve({ ok: false, reason: "it comes from a credential" });
    expect(await rotate()).toBe(1);
    expect(terminal.written.err).toBe("systole keys rotate: it comes from a credential\n");
  });
});
