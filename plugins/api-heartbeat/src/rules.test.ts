// The pure rules: frames, access, what a node holds, credentials of a real socket.
import { createServer, connect } from "node:net";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { idTable, refusal } from "./access.js";
import { Allowance } from "./allowance.js";
import { frame, FrameReader } from "./frame.js";
import { holdingOf } from "./holding.js";
import { LIMITS } from "./limits.js";
import { facilityNumber } from "./log-facility.js";
import { loadCredentials } from "./peer-credentials.js";
import { nodeView, SITUATION } from "./testing/api-room.js";

describe("frames", () => {
  it("are what heartbeat's library sends, with a NUL behind the string form", () => {
    expect(frame(Buffer.from(">>>\n<<<\n")).toString("latin1")).toBe("\x09\0\0\0\xcd\xab\0\0>>>\n<<<\n\0");
  });

  it("come out of single bytes in a time that grows as they do", () => {
    const reader = new FrameReader(256 * 1024);
    const large = frame(Buffer.alloc(200_000, 0x23));
    for (const byte of large) reader.push(Buffer.from([byte]));
    expect((reader.next() as Uint8Array).length).toBe(200_000);
    expect(reader.next()).toBeUndefined();
  });

  it("come out of any cut of the stream, and other bytes do not", () => {
    const bytes = Buffer.concat([frame(Buffer.from("###")), frame(Buffer.from(">>>"))]);
    const reader = new FrameReader(100);
    const found: string[] = [];
    for (const byte of bytes) {
      reader.push(Buffer.from([byte]));
      for (let body = reader.next(); body instanceof Uint8Array; body = reader.next())
        found.push(Buffer.from(body).toString());
    }
    expect(found).toEqual(["###", ">>>\0"]);
    const small = new FrameReader(2);
    small.push(bytes);
    expect(small.next()).toBe("bad");
  });
});

describe("access", () => {
  const users = idTable("root:x:0:0::/root:/bin/sh\nhacluster:x:103:106::/:/bin/false\nbroken\n");
  const groups = idTable("root:x:0:\nhaclient:x:106:\n");
  const tables = { rules: [], users, groups };

  it("has heartbeat's defaults", () => {
    expect(refusal("ipfail", { pid: 1, uid: 103, gid: 1 }, tables)).toBeUndefined();
    expect(refusal("ipfail", { pid: 1, uid: 0, gid: 0 }, tables)).toBe("client failed authorization");
    expect(refusal(undefined, { pid: 1, uid: 1000, gid: 106 }, tables)).toBeUndefined();
    expect(refusal(undefined, { pid: 1, uid: 1000, gid: 1000 }, tables)).toBe("client failed authorization");
    expect(refusal("other", { pid: 1, uid: 0, gid: 0 }, tables)).toBe("no default client auth");
  });

  it("is what the configuration says instead", () => {
    const rules = [
      { name: "ipfail", users: ["0"], groups: [] },
      { name: "default", users: [], groups: ["haclient"] },
    ];
    expect(refusal("ipfail", { pid: 1, uid: 103, gid: 1 }, { ...tables, rules })).toBeDefined();
    expect(refusal("ipfail", { pid: 1, uid: 0, gid: 1 }, { ...tables, rules })).toBeUndefined();
    expect(refusal("other", { pid: 1, uid: 5, gid: 106 }, { ...tables, rules })).toBeUndefined();
  });
});

describe("what a node holds", () => {
  const group = (home: string, owner: string | undefined) =>
    ({ key: home, home, owner, state: "started", epoch: 0, why: "", resources: [] }) as const;
  const held = (groups: readonly ReturnType<typeof group>[], more: Partial<typeof SITUATION> = {}) =>
    holdingOf({ ...SITUATION, groups, ...more });

  it("is said in heartbeat's words", () => {
    expect(held([group("alpha", "alpha"), group("bravo", "bravo")])).toBe("local");
    expect(held([group("alpha", "alpha"), group("bravo", "alpha")])).toBe("all");
    expect(held([group("alpha", "bravo"), group("bravo", "alpha")])).toBe("foreign");
    expect(held([group("alpha", "bravo")])).toBe("none");
    expect(held([], { stable: false })).toBe("transition");
  });

  it("counts an empty set as heartbeat does", () => {
    expect(held([group("bravo", "bravo")])).toBe("local");
    expect(held([group("alpha", "alpha")])).toBe("local");
    expect(held([group("alpha", "alpha")], { nodes: [nodeView("alpha")] })).toBe("all");
  });
});

it("an allowance is used up and comes back", () => {
  const allowance = new Allowance();
  expect(allowance.take(LIMITS.burst, 0)).toBe(0);
  expect(allowance.take(1, 0)).toBe(4);
  expect(allowance.take(1, 1000)).toBe(0);
});

it("facilities have the C library's numbers", () => {
  expect(["local0", "daemon", "nonesuch", undefined].map(facilityNumber)).toEqual([128, 24, -1, -1]);
});

it.runIf(process.platform === "linux")("the kernel says who is at the other end", async () => {
  const loaded = loadCredentials();
  if (!loaded.ok) throw new Error(loaded.reason);
  const directory = mkdtempSync(join(tmpdir(), "systole-cred-"));
  const server = createServer();
  server.listen(join(directory, "socket"));
  await once(server, "listening");
  const client = connect(join(directory, "socket"));
  const [accepted] = (await once(server, "connection")) as [Parameters<typeof loaded.ask>[0]];
  expect(loaded.ask(accepted)).toEqual({
    pid: process.pid,
    uid: process.getuid?.(),
    gid: process.getgid?.(),
  });
  accepted.destroy();
  expect(loaded.ask(accepted)).toBeUndefined();
  client.destroy();
  server.close();
  rmSync(directory, { recursive: true });
});
