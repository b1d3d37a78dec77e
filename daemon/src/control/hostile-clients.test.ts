import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ControlRoom, deferred, failureOf } from "../testkit/control-room.js";
import { askDaemon, probeSocket } from "./control-client.js";
import { MAX_CONNECTIONS } from "./protocol.js";

let room: ControlRoom;
const ASK = { timeoutMs: 5000 };

beforeEach(() => {
  room = new ControlRoom();
});

afterEach(() => room.close());

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
    await room.open();
    const [answer] = (await room.talk(`${line}\n`)).split("\n");
    expect(JSON.parse(answer ?? "")).toMatchObject({ ok: false, code, reason: expect.any(String) });
    expect(room.cluster.requests).toEqual([]);
  });

  it("cannot exhaust the stack", async () => {
    await room.open();
    expect(JSON.parse(await room.talk(`${"[".repeat(60_000)}\n`))).toMatchObject({ code: "bad-request" });
    expect(JSON.parse(await room.talk(`${"[".repeat(32_000)}${"]".repeat(32_000)}\n`))).toMatchObject({
      ok: false,
    });
  });

  it("cannot send an endless line", async () => {
    await room.open();
    const text = await room.talk(Buffer.alloc(1024 * 1024, "x"));
    expect(text === "" || (JSON.parse(text) as { code: string }).code === "too-long").toBe(true);
    expect(await askDaemon(room.path, { command: "ping" }, ASK)).toMatchObject({ ok: true });
  });

  it("cannot pile up questions", async () => {
    await room.open();
    room.cluster.answer = () => delay(50).then(() => ({ ok: true, reason: "done" }));
    await room.talk('{"command":"standby","set":"all"}\n'.repeat(200));
    expect(room.cluster.requests.length).toBeLessThan(12);
  });

  it("cannot take all connections for ever", async () => {
    await room.open();
    const sockets = await Promise.all(
      Array.from({ length: MAX_CONNECTIONS }, async () => {
        const socket = connect(room.path);
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
    const refused = await failureOf(askDaemon(room.path, { command: "ping" }, ASK));
    expect(refused.code).toBe("CONTROL_UNREACHABLE");
    for (const socket of sockets) socket.destroy();
    await expect
      .poll(
        async () =>
          (await probeSocket(room.path)).kind === "alive" && "pid" in (await probeSocket(room.path)),
      )
      .toBe(true);
  });

  it("do not cancel what they asked for by going away", async () => {
    await room.open();
    const asked = deferred();
    room.cluster.answer = () => {
      asked.resolve();
      return delay(30).then(() => ({ ok: true, reason: "done" }));
    };
    const socket = connect(room.path);
    socket.write('{"command":"standby","set":"all"}\n');
    await asked.promise;
    socket.destroy();
    await expect.poll(() => room.log.events.some(({ event }) => event === "operator.done")).toBe(true);
    expect(room.cluster.signals[0]?.aborted).toBe(false);
  });
});
