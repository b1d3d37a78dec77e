import {
  existsSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  chmodSync,
} from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SystoleError } from "@systole/core/ports";
import { FakeCluster, recordingLogger } from "../testkit/fake-cluster.js";
import { askDaemon, probeSocket } from "./control-client.js";
import { ControlServer } from "./control-server.js";
import { MAX_CONNECTIONS } from "./protocol.js";
import { controlSocketPath, prepareRunDirectory } from "./run-directory.js";
import { statusDocument } from "./status-document.js";

let directory: string;
let runDirectory: string;
let path: string;
let cluster: FakeCluster;
let log: ReturnType<typeof recordingLogger>;
const servers: ControlServer[] = [];
const ASK = { timeoutMs: 5000 };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "systole-control-"));
  runDirectory = join(directory, "run");
  path = controlSocketPath(runDirectory);
  cluster = new FakeCluster();
  log = recordingLogger();
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  rmSync(directory, { recursive: true });
});

async function open(attach = true): Promise<ControlServer> {
  prepareRunDirectory(runDirectory);
  const server = await ControlServer.open({ path, version: "1.2.3", log });
  servers.push(server);
  if (attach) server.attach(cluster);
  return server;
}

/** Writes bytes and returns everything that comes back until the daemon closes. */
function talk(bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString()));
    socket.on("close", () => resolve(text));
    socket.on("error", (error) => {
      if ("code" in error && (error.code === "EPIPE" || error.code === "ECONNRESET")) return;
      reject(error);
    });
    socket.end(bytes);
  });
}

async function failureOf(promise: Promise<unknown>): Promise<SystoleError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof SystoleError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

describe("questions and answers", () => {
  it("answers ping with pid and version", async () => {
    await open();
    expect(await askDaemon(path, { command: "ping" }, ASK)).toEqual({
      ok: true,
      pid: process.pid,
      version: "1.2.3",
    });
  });

  it("answers status with the document", async () => {
    await open();
    const answer = await askDaemon(path, { command: "status" }, ASK);
    expect(answer.ok && answer.status).toEqual(statusDocument(cluster.status()));
  });

  it("hands standby and takeover to the cluster and answers when they are done", async () => {
    await open();
    const standby = await askDaemon(path, { command: "standby", set: "local" }, ASK);
    const takeover = await askDaemon(path, { command: "takeover", set: "all" }, ASK);
    expect([standby, takeover]).toMatchObject([{ ok: true, reason: "done" }, { ok: true }]);
    expect(cluster.requests).toEqual([
      { kind: "standby", set: "local" },
      { kind: "takeover", set: "all" },
    ]);
    expect(log.events.map(({ event }) => event)).toContain("operator.requested");
  });

  it("repeats the reason of a refusal", async () => {
    await open();
    cluster.answer = () => Promise.resolve({ ok: false, reason: "cluster1 is dead" });
    const answer = await askDaemon(path, { command: "standby", set: "all" }, ASK);
    expect(answer).toEqual({ ok: false, code: "refused", reason: "cluster1 is dead" });
  });

  it("gives up in time, and tells the cluster", async () => {
    await open();
    cluster.answer = () => new Promise(() => undefined);
    const answer = await askDaemon(path, { command: "standby", set: "all", timeoutMs: 20 }, ASK);
    expect(answer).toMatchObject({ ok: false, code: "timeout" });
    expect(cluster.signals[0]?.aborted).toBe(true);
  });

  it("survives a cluster that throws", async () => {
    await open();
    cluster.answer = () => Promise.reject(new Error("boom"));
    expect(await askDaemon(path, { command: "stop" }, ASK)).toMatchObject({ ok: false, code: "internal" });
    expect(log.events.at(-1)).toMatchObject({ level: "error", event: "control.answer.failed" });
    expect(await askDaemon(path, { command: "ping" }, ASK)).toMatchObject({ ok: true });
  });

  it("says that it is starting until it has a cluster", async () => {
    await open(false);
    expect(await askDaemon(path, { command: "status" }, ASK)).toMatchObject({ ok: false, code: "starting" });
  });

  it("answers several questions of one connection in order, also after its end", async () => {
    await open();
    const text = await talk(
      '{"command":"ping"}\n\n{"command":"standby","set":"all"}\n{"command":"status"}\n',
    );
    const answers = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(answers.map((answer) => [answer["ok"], answer["reason"], "status" in answer])).toEqual([
      [true, undefined, false],
      [true, "done", false],
      [true, undefined, true],
    ]);
  });

  it("lets a stop return when the daemon closes", async () => {
    const server = await open();
    let isClosed = false;
    const stopped = askDaemon(path, { command: "stop" }, { ...ASK, untilClosed: true }).then((answer) => {
      expect(isClosed).toBe(true);
      return answer;
    });
    await cluster.done;
    await delay(20);
    isClosed = true;
    await server.close();
    expect(await stopped).toMatchObject({ ok: true });
  });

  it("tells those who wait that it is stopping", async () => {
    const server = await open();
    const asked = deferred();
    cluster.answer = () => {
      asked.resolve();
      return new Promise(() => undefined);
    };
    const answer = askDaemon(path, { command: "standby", set: "all" }, ASK);
    await asked.promise;
    await server.close();
    expect(await answer).toMatchObject({ ok: false, code: "stopping" });
  });
});

describe("hostile clients", () => {
  it.each([
    ["hello", "bad-request"],
    ["{", "bad-request"],
    ["null", "bad-request"],
    ["[]", "bad-request"],
    ["[".repeat(500), "bad-request"],
    ['"status"', "bad-request"],
    ["{}", "bad-request"],
    ['{"command":"reboot"}', "unknown-command"],
    ['{"command":"__proto__"}', "unknown-command"],
    ['{"command":7}', "bad-request"],
    ['{"command":"standby"}', "bad-request"],
    ['{"command":"standby","set":"everything"}', "bad-request"],
    ['{"command":"standby","set":"all","timeoutMs":1e99}', "bad-request"],
    ['{"command":"stop","timeoutMs":-1}', "bad-request"],
    ["\u0000\u0001\u0002", "bad-request"],
  ])("are answered with an error: %j", async (line, code) => {
    await open();
    const [answer] = (await talk(`${line}\n`)).split("\n");
    expect(JSON.parse(answer ?? "")).toMatchObject({ ok: false, code, reason: expect.any(String) });
    expect(cluster.requests).toEqual([]);
  });

  it("cannot exhaust the stack", async () => {
    await open();
    expect(JSON.parse(await talk(`${"[".repeat(60_000)}\n`))).toMatchObject({ code: "bad-request" });
    expect(JSON.parse(await talk(`${"[".repeat(32_000)}${"]".repeat(32_000)}\n`))).toMatchObject({
      ok: false,
    });
  });

  it("cannot send an endless line", async () => {
    await open();
    const text = await talk(Buffer.alloc(1024 * 1024, "x"));
    expect(text === "" || (JSON.parse(text) as { code: string }).code === "too-long").toBe(true);
    expect(await askDaemon(path, { command: "ping" }, ASK)).toMatchObject({ ok: true });
  });

  it("cannot pile up questions", async () => {
    await open();
    cluster.answer = () => delay(50).then(() => ({ ok: true, reason: "done" }));
    await talk('{"command":"standby","set":"all"}\n'.repeat(200));
    expect(cluster.requests.length).toBeLessThan(12);
  });

  it("cannot take all connections for ever", async () => {
    await open();
    const sockets = await Promise.all(
      Array.from({ length: MAX_CONNECTIONS }, async () => {
        const socket = connect(path);
        await new Promise((resolve) => socket.once("connect", resolve));
        return socket;
      }),
    );
    // The kernel accepts for the daemon: only an answer shows that a connection was taken.
    await Promise.all(
      sockets.map((socket) => {
        socket.write('{"command":"ping"}\n');
        return new Promise((resolve) => socket.once("data", resolve));
      }),
    );
    const refused = await failureOf(askDaemon(path, { command: "ping" }, ASK));
    expect(refused.code).toBe("CONTROL_UNREACHABLE");
    for (const socket of sockets) socket.destroy();
    await expect
      .poll(async () => (await probeSocket(path)).kind === "alive" && "pid" in (await probeSocket(path)))
      .toBe(true);
  });

  it("do not cancel what they asked for by going away", async () => {
    await open();
    const asked = deferred();
    cluster.answer = () => {
      asked.resolve();
      return delay(30).then(() => ({ ok: true, reason: "done" }));
    };
    const socket = connect(path);
    socket.write('{"command":"standby","set":"all"}\n');
    await asked.promise;
    socket.destroy();
    await expect.poll(() => log.events.some(({ event }) => event === "operator.done")).toBe(true);
    expect(cluster.signals[0]?.aborted).toBe(false);
  });
});

describe("the socket and its directory", () => {
  it("have modes 0600 and 0750, and are gone afterwards", async () => {
    const server = await open();
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect(lstatSync(runDirectory).mode & 0o777 & ~0o750).toBe(0);
    expect(readdirSync(runDirectory)).toEqual(["control.sock"]);
    await server.close();
    await server.close();
    expect(readdirSync(runDirectory)).toEqual([]);
  });

  it("refuses a second daemon and names the first", async () => {
    await open();
    const error = await failureOf(open());
    expect(error).toMatchObject({ code: "CONTROL_REFUSED", details: { pid: process.pid, exitCode: 108 } });
    expect(error.message).toContain(`already running, pid ${process.pid}`);
    expect(await askDaemon(path, { command: "ping" }, ASK)).toMatchObject({ ok: true });
    expect(readdirSync(runDirectory)).toEqual(["control.sock"]);
  });

  it("lets one of two that start at once win", async () => {
    const results = await Promise.allSettled([open(), open(), open()]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected", "rejected"]);
    expect(await askDaemon(path, { command: "ping" }, ASK)).toMatchObject({ ok: true });
  });

  it("replaces the socket of a daemon that died", async () => {
    prepareRunDirectory(runDirectory);
    await leaveDeadSocket(path);
    expect(existsSync(path)).toBe(true);
    await open();
    expect(await askDaemon(path, { command: "ping" }, ASK)).toMatchObject({ ok: true });
  });

  it("leaves a file alone that is no socket", async () => {
    prepareRunDirectory(runDirectory);
    writeFileSync(path, "precious");
    expect((await failureOf(open())).message).toContain("is not a socket");
    expect(lstatSync(path).isFile()).toBe(true);
  });

  it("refuses a path that does not fit into an address", async () => {
    runDirectory = join(directory, "d".repeat(100));
    path = controlSocketPath(runDirectory);
    expect((await failureOf(open())).message).toContain("too long");
  });

  it("says clearly that nobody answers", async () => {
    const error = await failureOf(askDaemon(path, { command: "ping" }, ASK));
    expect(error).toMatchObject({
      code: "CONTROL_UNREACHABLE",
      message: expect.stringContaining("no daemon runs here"),
    });
  });

  it("notices something else behind the socket", async () => {
    prepareRunDirectory(runDirectory);
    const stranger = await listen(path, "SSH-2.0-OpenSSH\n");
    try {
      expect((await failureOf(askDaemon(path, { command: "ping" }, ASK))).message).toContain(
        "not a systole daemon",
      );
    } finally {
      await new Promise((resolve) => stranger.close(resolve));
    }
  });
});

describe("prepareRunDirectory", () => {
  it("refuses links, files and directories that others may write", () => {
    symlinkSync(directory, join(directory, "link"));
    writeFileSync(join(directory, "file"), "");
    prepareRunDirectory(join(directory, "open"));
    chmodSync(join(directory, "open"), 0o770);
    const reasons = ["link", "link/", "file", "open"].map((name) => {
      try {
        return prepareRunDirectory(join(directory, name)) ?? "accepted";
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

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => undefined as void;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve: () => resolve() };
}

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
