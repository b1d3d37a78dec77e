// What a stranger can do to the function, and that the same call twice is done once.
import { expect, it } from "vitest";
import { CallsInMemory } from "./answered-calls.js";
import { asLambda, fenceHandler, type LambdaEvent } from "./handler.js";
import { isSigned, sign } from "./signature.js";
import { KEY, MemoryMachines } from "./testing/cloud.js";

const URL = "https://fence.example/here?stage=1";
const NOW_MS = Date.parse("2026-03-01T12:00:00.000Z");
const DATE = new Date(NOW_MS).toISOString();
const ID = "4f9b6c1e-3a52-4b8e-9c1d-8f0e2b7a6d55";

const machines = (): MemoryMachines => new MemoryMachines();
const handlerOf = (own: MemoryMachines) => fenceHandler({ key: KEY, machines: own, nowMs: () => NOW_MS });
const text = (changes: object = {}) =>
  JSON.stringify({ action: "off", node: "one", cluster: "web", id: ID, date: DATE, ...changes });

interface Forgery {
  readonly path?: string;
  readonly date?: string;
  readonly body?: string;
  readonly key?: string;
  readonly sent?: string;
}

/** A call that is right but for what `forgery` says; `sent` is a body other than the signed one. */
async function request(forgery: Forgery = {}): Promise<Request> {
  const { path = "/here?stage=1", date = DATE, body = text(), key = KEY } = forgery;
  const signature = await sign(key, { method: "POST", path, date, body });
  const headers = { "systole-date": date, "systole-signature": signature };
  return new Request(URL, { method: "POST", headers, body: forgery.sent ?? body });
}

it("does what is asked, and signs the answer for this call", async () => {
  const own = machines();
  const response = await handlerOf(own)(await request());
  const body = await response.text();
  expect(JSON.parse(body)).toEqual({ id: ID, action: "off", node: "one", result: "done" });
  const signature = response.headers.get("systole-signature");
  expect(await isSigned(KEY, { id: ID, status: 200, body }, signature)).toBe(true);
  expect(await isSigned(KEY, { id: "another", status: 200, body }, signature)).toBe(false);
  expect(await isSigned(KEY, { id: ID, status: 202, body }, signature)).toBe(false);
  expect(own.done).toEqual(["off one"]);
});

it.each<[string, Forgery, number]>([
  ["another key", { key: "b".repeat(40) }, 401],
  ["another path", { path: "/there" }, 401],
  ["another body", { sent: text({ node: "two" }) }, 401],
  ["a date that is not the call's", { date: "2026-03-01T12:00:01.000Z" }, 400],
  ["no call", { body: "[]" }, 400],
  ["no JSON", { body: "off" }, 400],
  ["an action of its own", { body: text({ action: "burn" }) }, 400],
  ["more than asked for", { body: text({ force: true }) }, 400],
  ["an id that is none", { body: text({ id: "1" }) }, 400],
  ["too much", { body: "x".repeat(20_000) }, 413],
])("refuses a call with %s", async (_what, forgery, status) => {
  const own = machines();
  expect((await handlerOf(own)(await request(forgery))).status).toBe(status);
  expect(own.done).toEqual([]);
});

it("refuses what is not posted, and what is not signed", async () => {
  const own = machines();
  expect((await handlerOf(own)(new Request(URL))).status).toBe(405);
  expect((await handlerOf(own)(new Request(URL, { method: "POST", body: text() }))).status).toBe(401);
  expect(own.done).toEqual([]);
});

it.each([-301_000, 301_000])("does not do a call that is %i ms off, and says its own date", async (offMs) => {
  const own = machines();
  const date = new Date(NOW_MS + offMs).toISOString();
  const response = await handlerOf(own)(await request({ date, body: text({ date }) }));
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({ result: "stale", date: DATE });
  expect(own.done).toEqual([]);
});

it("does a call once, however often and at whatever time it comes", async () => {
  const own = machines();
  const handler = handlerOf(own);
  let finish = (): void => undefined;
  const ready = new Promise<void>((resolve) => (finish = resolve));
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const power = own.power.bind(own);
  own.power = (action, node) => {
    begin();
    return ready.then(() => power(action, node));
  };
  const first = handler(await request());
  await begun;
  const meanwhile = await handler(await request());
  expect([meanwhile.status, await meanwhile.json()]).toMatchObject([202, { result: "under-way" }]);
  finish();
  expect(await (await first).json()).toMatchObject({ result: "done" });
  expect(await (await handler(await request())).json()).toMatchObject({ result: "done" });
  expect(own.done).toEqual(["off one"]);
});

it("remembers that a call has failed, and why", async () => {
  const own = machines();
  own.mood = "broken";
  const handler = handlerOf(own);
  const failed = { result: "failed", reason: "the cloud's interface refuses" };
  expect(await (await handler(await request())).json()).toMatchObject(failed);
  own.mood = "working";
  expect(await (await handler(await request())).json()).toMatchObject(failed);
  expect(own.done).toEqual([]);
});

it("answers what it cannot do with 500, without saying why", async () => {
  const own = machines();
  own.knows = () => {
    throw new Error("secret of the cloud");
  };
  const response = await handlerOf(own)(await request());
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("secret");
});

it("forgets calls when their time is over, and takes no more than it can remember", async () => {
  let nowMs = 0;
  const calls = new CallsInMemory(() => nowMs);
  for (let id = 0; id < 1000; id += 1) expect(await calls.claim(String(id), 10)).toBe("new");
  await expect(calls.claim("1000", 10)).rejects.toThrow(/too many/);
  expect(await calls.claim("0", 10)).toBe("under-way");
  nowMs = 11;
  expect(await calls.claim("0", 20)).toBe("new");
  await calls.settle("0", "{}");
  expect(await calls.claim("0", 20)).toEqual({ answer: "{}" });
});

it("does not work with a key that is short", () => {
  expect(() => fenceHandler({ key: "short", machines: machines() })).toThrow(/at least 32 characters/);
});

it.each([false, true])(
  "runs behind a function URL of Lambda, the body in base64: %s",
  async (isBase64Encoded) => {
    const own = machines();
    const signed = await request();
    const body = text();
    const event: LambdaEvent = {
      rawPath: "/here",
      rawQueryString: "stage=1",
      headers: Object.fromEntries(signed.headers),
      body: isBase64Encoded ? btoa(body) : body,
      isBase64Encoded,
      requestContext: { http: { method: "POST" } },
    };
    const answer = await asLambda(handlerOf(own))(event);
    expect(answer.statusCode).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ result: "done" });
    const signature = answer.headers["systole-signature"] ?? "";
    expect(await isSigned(KEY, { id: ID, status: 200, body: answer.body }, signature)).toBe(true);
    const get = { ...event, requestContext: { http: { method: "GET" } } };
    expect((await asLambda(handlerOf(own))(get)).statusCode).toBe(405);
  },
);
