import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ControlRoom, deferred } from "../testkit/control-room.js";
import { askDaemon } from "./control-client.js";
import { statusDocument } from "./status-document.js";

let room: ControlRoom;
const ASK = { timeoutMs: 5000 };

beforeEach(() => {
  room = new ControlRoom();
});

afterEach(() => room.close());

describe("questions and answers", () => {
  it("answers ping with pid and version", async () => {
    await room.open();
    expect(await askDaemon(room.path, { command: "ping" }, ASK)).toEqual({
      ok: true,
      pid: process.pid,
      version: "1.2.3",
    });
  });

  it("answers status with the document", async () => {
    await room.open();
    const answer = await askDaemon(room.path, { command: "status" }, ASK);
    expect(answer.ok && answer.status).toEqual(statusDocument(room.cluster.status()));
  });

  it("hands standby and takeover to the cluster and answers when they are done", async () => {
    await room.open();
    const standby = await askDaemon(room.path, { command: "standby", set: "local" }, ASK);
    const takeover = await askDaemon(room.path, { command: "takeover", set: "all" }, ASK);
    expect([standby, takeover]).toMatchObject([{ ok: true, reason: "done" }, { ok: true }]);
    expect(room.cluster.requests).toEqual([
      { kind: "standby", set: "local" },
      { kind: "takeover", set: "all" },
    ]);
    expect(room.log.events.map(({ event }) => event)).toContain("operator.requested");
  });

  it("hands changes of the list of nodes to the cluster, and logs them", async () => {
    await room.open();
    const edit = { kind: "weight", node: "cluster1", weight: 50 } as const;
    expect(await askDaemon(room.path, { command: "node", edit }, ASK)).toMatchObject({ ok: true });
    expect(room.cluster.edits).toEqual([edit]);
    expect(room.log.events).toContainEqual({
      level: "info",
      event: "operator.requested",
      fields: { kind: "node weight", node: "cluster1", weight: 50 },
    });
    room.cluster.answerEdit = () => ({ ok: false, reason: "there is no node cluster1" });
    expect(await askDaemon(room.path, { command: "node", edit }, ASK)).toEqual({
      ok: false,
      code: "refused",
      reason: "there is no node cluster1",
    });
  });

  it.each([
    [{ kind: "add", nodes: [] }, "edit.nodes"],
    [{ kind: "add", nodes: [7] }, "edit.nodes.0"],
    [{ kind: "weight", node: "a", weight: -1 }, "edit.weight"],
    [{ kind: "site", node: "a", site: "x".repeat(256) }, "edit.site"],
    [{ kind: "rename", node: "a" }, "edit.kind"],
  ])("refuses the change %j", async (edit, where) => {
    await room.open();
    const answer = JSON.parse(await room.talk(`${JSON.stringify({ command: "node", edit })}\n`)) as unknown;
    expect(answer).toMatchObject({ ok: false, code: "bad-request", reason: expect.stringContaining(where) });
    expect(room.cluster.edits).toEqual([]);
  });

  it("hands on what an operator says is mended, by name or all of it", async () => {
    await room.open();
    await askDaemon(room.path, { command: "cleanup", name: "nginx" }, ASK);
    await askDaemon(room.path, { command: "cleanup" }, ASK);
    expect(room.cluster.requests).toEqual([{ kind: "cleanup", name: "nginx" }, { kind: "cleanup" }]);
  });

  it("repeats the reason of a refusal", async () => {
    await room.open();
    room.cluster.answer = () => Promise.resolve({ ok: false, reason: "cluster1 is dead" });
    const answer = await askDaemon(room.path, { command: "standby", set: "all" }, ASK);
    expect(answer).toEqual({ ok: false, code: "refused", reason: "cluster1 is dead" });
  });

  it("gives up in time, and tells the cluster", async () => {
    await room.open();
    room.cluster.answer = () => new Promise(() => undefined);
    const answer = await askDaemon(room.path, { command: "standby", set: "all", timeoutMs: 20 }, ASK);
    expect(answer).toMatchObject({ ok: false, code: "timeout" });
    expect(room.cluster.signals[0]?.aborted).toBe(true);
  });

  it("survives a cluster that throws", async () => {
    await room.open();
    room.cluster.answer = () => Promise.reject(new Error("boom"));
    expect(await askDaemon(room.path, { command: "stop" }, ASK)).toMatchObject({
      ok: false,
      code: "internal",
    });
    expect(room.log.events.at(-1)).toMatchObject({ level: "error", event: "control.answer.failed" });
    expect(await askDaemon(room.path, { command: "ping" }, ASK)).toMatchObject({ ok: true });
  });

  it("says that it is starting until it has a cluster", async () => {
    await room.open(false);
    expect(await askDaemon(room.path, { command: "status" }, ASK)).toMatchObject({
      ok: false,
      code: "starting",
    });
  });

  it("answers several questions of one connection in order, also after its end", async () => {
    await room.open();
    const text = await room.talk(
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
    const server = await room.open();
    let isClosed = false;
    const stopped = askDaemon(room.path, { command: "stop" }, { ...ASK, untilClosed: true }).then(
      (answer) => {
        expect(isClosed).toBe(true);
        return answer;
      },
    );
    await room.cluster.done;
    await delay(20);
    isClosed = true;
    await server.close();
    expect(await stopped).toMatchObject({ ok: true });
  });

  it("tells those who wait that it is stopping", async () => {
    const server = await room.open();
    const asked = deferred();
    room.cluster.answer = () => {
      asked.resolve();
      return new Promise(() => undefined);
    };
    const answer = askDaemon(room.path, { command: "standby", set: "all" }, ASK);
    await asked.promise;
    await server.close();
    expect(await answer).toMatchObject({ ok: false, code: "stopping" });
  });
});
