// A plugin behind `serve`, without a network: what is done, how often, how long, and what is refused.
import { attemptCall, repeatCall } from "@systole/core/http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RealClock } from "../real-clock.js";
import type { WithoutTime } from "./function-client.js";
import {
  ask,
  begin,
  connect,
  done,
  end,
  lamp,
  logged,
  resource,
  signed,
  start,
  status,
} from "./testing/lamp.js";

beforeEach(begin);
afterEach(end);

describe("a served plugin", () => {
  it("does what is asked for the node that asks, and answers as its agent does", async () => {
    connect();
    expect(await ask(start)).toEqual({ ok: true, state: "running" });
    expect(done).toEqual(["start alpha"]);
    expect(logged).toEqual(['{"level":"info","event":"lamp.done","word":"start"}']);
    const broken = { ...resource, args: [] };
    const validate: WithoutTime = { port: "resource-agent", operation: "validate", resource: broken };
    expect(await ask(validate)).toEqual({ problems: ["a lamp has one argument"] });
    expect(await ask({ ...validate, operation: "describe" })).toMatchObject({
      ok: true,
      description: { title: "lamp" },
    });
  });

  it("does a call once, and looks as often as it is asked", async () => {
    connect();
    const [one, look] = [signed(start), signed(status)];
    for (const call of [one, one, look, look]) await attemptCall(call, new AbortController().signal);
    expect(done).toEqual(["start alpha", "status alpha", "status alpha"]);
  });

  it("ends what takes too long, and does nothing that is too late", async () => {
    connect();
    const slow = { ...start, resource: { ...resource, parameters: { colour: "slow" } } };
    expect(await ask(slow, {}, 30)).toEqual({ ok: false, kind: "timeout", reason: "too slow" });
    expect(await ask(start, {}, -1)).toMatchObject({ kind: "stale" });
    expect(done).toEqual([]);
  });

  it("works as long as is wanted by the caller's clock, and no longer", async () => {
    connect(lamp, { nowMs: () => Date.now() - 60_000 });
    const slow = { ...start, resource: { ...resource, parameters: { colour: "slow" } } };
    expect(await ask(slow, {}, 30)).toMatchObject({ kind: "timeout" });
  });

  it("cuts what an agent throws to a sentence that fits", async () => {
    connect();
    const answer = await ask({ ...start, resource: { ...resource, parameters: { colour: "odd" } } });
    expect(answer).toEqual({ ok: false, kind: "error", reason: "x".repeat(500) });
  });

  it.each<[string, object, string]>([
    [
      "one that it does not have",
      { ...start, name: "sun" },
      'this function has not resource-agent "sun": it has lamp',
    ],
    [
      "one of a port that it does not have",
      { port: "fence-device", operation: "off", node: "a" },
      "this function has not just one fence-device: it has none at all",
    ],
    [
      "one of several, and not which",
      { port: "notifier", operation: "notify", event: eventOf() },
      "this function has not just one notifier: it has left, right",
    ],
    ["burning", { ...start, operation: "burn" }, "this is not a call to a function of this version"],
    ["more than there is", { ...start, force: true }, "this is not a call to a function of this version"],
    [
      "a resource that is none",
      { ...start, resource: { name: "lamp" } },
      "this is not a call to a function of this version",
    ],
    [
      "too many arguments",
      { ...start, resource: { ...resource, args: Array(1001).fill("") } },
      "this is not a call to a function of this version",
    ],
  ])("refuses to be asked for %s", async (_what, call, reason) => {
    connect();
    expect(await ask(call as WithoutTime)).toMatchObject({ kind: "refused", body: reason });
    expect(done).toEqual([]);
  });

  it("does what changes the same resource one after the other, and looks meanwhile", async () => {
    connect();
    const slow = { ...start, node: "bravo", resource: { ...resource, parameters: { colour: "slow" } } };
    const first = ask(slow, {}, 150);
    await new Promise((go) => setTimeout(go, 20));
    const tooLate = ask({ ...start, node: "charlie" }, {}, 50);
    const next = ask(start);
    const other = ask({ ...start, node: "delta", resource: { ...resource, name: "other" } });
    expect(await ask({ ...status, node: "echo" })).toMatchObject({ ok: true });
    expect(await tooLate).toMatchObject({ kind: "stale" });
    expect(await other).toMatchObject({ ok: true });
    expect(done.toSorted()).toEqual(["start delta", "status echo"]);
    expect(await first).toMatchObject({ kind: "timeout" });
    expect(await next).toMatchObject({ ok: true });
    expect(done.at(-1)).toBe("start alpha");
  });

  it("tells the notifier that is named", async () => {
    connect();
    const call: WithoutTime = { port: "notifier", operation: "notify", name: "right", event: eventOf() };
    expect(await ask(call)).toEqual({ ok: true });
    expect(done).toEqual(["right node.dead"]);
  });
});

it("learns its caller's wrong clock, and is asked by its own", async () => {
  connect(lamp, { nowMs: () => Date.now() + 3_600_000 });
  const { id: _id, dateMs: _dateMs, body: _body, ...rest } = signed(start);
  const body = (dateMs: number) => JSON.stringify({ ...start, untilMs: dateMs + 5000 });
  const result = await repeatCall(
    { call: { ...rest, body }, attemptTimeoutMs: 1000, clock: new RealClock() },
    new AbortController().signal,
  );
  expect(result).toMatchObject({ kind: "answered" });
  expect(done).toEqual(["start alpha"]);
});

function eventOf() {
  return { name: "node.dead", severity: "critical", atWallMs: 1, node: "alpha", fields: {} } as const;
}
