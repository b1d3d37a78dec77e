import { chmodSync, existsSync, linkSync, lstatSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { SystoleError } from "@systole/core/ports";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ControlRoom, failureOf } from "../testkit/control-room.js";
import { askDaemon } from "./control-client.js";
import { prepareRunDirectory } from "./run-directory.js";

let room: ControlRoom;
const ASK = { timeoutMs: 5000 };

beforeEach(() => {
  room = new ControlRoom();
});

afterEach(() => room.close());

describe("the socket and its directory", () => {
  it("have modes 0600 and 0750, and are gone afterwards", async () => {
    const server = await room.open();
    expect(lstatSync(room.path).mode & 0o777).toBe(0o600);
    expect(lstatSync(room.runDirectory).mode & 0o777 & ~0o750).toBe(0);
    expect(readdirSync(room.runDirectory)).toEqual(["control.sock"]);
    await server.close();
    await server.close();
    expect(readdirSync(room.runDirectory)).toEqual([]);
  });

  it("refuses a second daemon and names the first", async () => {
    await room.open();
    const error = await failureOf(room.open());
    expect(error).toMatchObject({ code: "CONTROL_REFUSED", details: { pid: process.pid, exitCode: 108 } });
    expect(error.message).toContain(`already running, pid ${process.pid}`);
    expect(await askDaemon(room.path, { command: "ping" }, ASK)).toMatchObject({ ok: true });
    expect(readdirSync(room.runDirectory)).toEqual(["control.sock"]);
  });

  it("lets one of two that start at once win", async () => {
    const results = await Promise.allSettled([room.open(), room.open(), room.open()]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected", "rejected"]);
    expect(await askDaemon(room.path, { command: "ping" }, ASK)).toMatchObject({ ok: true });
  });

  it("replaces the socket of a daemon that died", async () => {
    prepareRunDirectory(room.runDirectory);
    await leaveDeadSocket(room.path);
    expect(existsSync(room.path)).toBe(true);
    await room.open();
    expect(await askDaemon(room.path, { command: "ping" }, ASK)).toMatchObject({ ok: true });
  });

  it("leaves a file alone that is no socket", async () => {
    prepareRunDirectory(room.runDirectory);
    writeFileSync(room.path, "precious");
    expect((await failureOf(room.open())).message).toContain("is not a socket");
    expect(lstatSync(room.path).isFile()).toBe(true);
  });

  it("refuses a path that does not fit into an address", async () => {
    const deep = new ControlRoom("d".repeat(100));
    expect((await failureOf(deep.open())).message).toContain("too long");
    await deep.close();
  });

  it("says clearly that nobody answers", async () => {
    const error = await failureOf(askDaemon(room.path, { command: "ping" }, ASK));
    expect(error).toMatchObject({
      code: "CONTROL_UNREACHABLE",
      message: expect.stringContaining("no daemon runs here"),
    });
  });

  it("notices something else behind the socket", async () => {
    prepareRunDirectory(room.runDirectory);
    const stranger = await listen(room.path, "SSH-2.0-OpenSSH\n");
    try {
      expect((await failureOf(askDaemon(room.path, { command: "ping" }, ASK))).message).toContain(
        "not a systole daemon",
      );
    } finally {
      await new Promise((resolve) => stranger.close(resolve));
    }
  });
});

describe("prepareRunDirectory", () => {
  it("refuses links, files and directories that others may write", () => {
    symlinkSync(room.directory, join(room.directory, "link"));
    writeFileSync(join(room.directory, "file"), "");
    prepareRunDirectory(join(room.directory, "open"));
    chmodSync(join(room.directory, "open"), 0o770);
    const reasons = ["link", "link/", "file", "open"].map((name) => {
      try {
        return prepareRunDirectory(join(room.directory, name)) ?? "accepted";
      } catch (error) {
        return error instanceof SystoleError ? `${error.code} ${error.message}` : String(error);
      }
    });
    expect(reasons).toEqual([
      expect.stringMatching(/^CONTROL_REFUSED.*symbolic link/),
      expect.stringMatching(/^CONTROL_REFUSED.*symbolic link/),
      expect.stringMatching(/^CONTROL_REFUSED.*cannot be made/),
      expect.stringMatching(/^CONTROL_REFUSED.*written by others \(mode 770\)/),
    ]);
  });
});

function listen(at: string, greeting = ""): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.resume().end(greeting));
    server.listen(at, () => resolve(server));
  });
}

/** What `kill -9` leaves: a name without a listener. */
async function leaveDeadSocket(at: string): Promise<void> {
  const server = await listen(`${at}.tmp`);
  linkSync(`${at}.tmp`, at);
  await new Promise((resolve) => server.close(resolve));
}
