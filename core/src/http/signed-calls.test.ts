// Both ends of a signed call together, without a network: what goes between them is recorded, replayed and forged.
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Clock } from "../ports/index.js";
import { attemptCall, type Call } from "./attempt-call.js";
import { repeatCall } from "./repeated-call.js";
import { LateCall, RefusedCall, signedHandler, type SignedHandlerInit } from "./signed-handler.js";

const KEY = "a key that is long enough to be one";
const HOUR_MS = 3_600_000;
const live = (): AbortSignal => new AbortController().signal;

/** Waits for nothing. */
const hurried: Clock = {
  nowMs: () => performance.now(),
  wallMs: Date.now,
  wakeAt(_atMs, wake) {
    const timer = setTimeout(wake, 0);
    return () => clearTimeout(timer);
  },
};

interface Line {
  readonly requests: Request[];
  readonly answered: string[];
  /** Stands between both ends. */
  between: (request: Request, pass: (request: Request) => Promise<Response>) => Promise<Response>;
}

function connect(init: Partial<SignedHandlerInit> = {}): Line {
  const line: Line = { requests: [], answered: [], between: (request, pass) => pass(request) };
  const handler = signedHandler({
    purpose: "test",
    keyOf: (name) => (name === "web" ? KEY : undefined),
    answer: async ({ body }) => {
      line.answered.push(body);
      return `done ${body}`;
    },
    ...init,
  });
  vi.stubGlobal("fetch", async (url: string, request: RequestInit) => {
    request.signal?.throwIfAborted();
    const sent = new Request(url, request);
    line.requests.push(sent.clone());
    return line.between(sent, handler);
  });
  return line;
}
afterEach(() => void vi.unstubAllGlobals());

function call(change: Partial<Call> = {}): Call {
  return {
    url: "https://function.example/do?stage=1",
    key: KEY,
    keyName: "web",
    purpose: "test",
    id: crypto.randomUUID(),
    dateMs: Date.now(),
    body: "it",
    ...change,
  };
}

describe("a call", () => {
  it("is done and answered", async () => {
    const line = connect();
    expect(await attemptCall(call(), live())).toMatchObject({ kind: "answered", body: "done it" });
    expect(line.answered).toEqual(["it"]);
  });

  it.each([
    ["with another key", { key: "another key that is as long as the first" }],
    ["with the name of a key that nobody has", { keyName: "mail" }],
    ["with a short key that nobody has", { keyName: "mail", key: "0".repeat(32) }],
    ["for another purpose", { purpose: "other" }],
  ])("%s is refused as a stranger's", async (_what, change) => {
    const line = connect();
    expect(await attemptCall(call(change), live())).toMatchObject({
      kind: "failed",
      again: false,
      reason: "it answers with HTTP 401: has it the same key as this node?",
    });
    expect(line.answered).toEqual([]);
  });

  it.each([
    ["body", (r: Request) => new Request(r, { method: "POST", body: "other" })],
    ["path", (r: Request) => new Request("https://function.example/other", r)],
    ["date", (r: Request) => dressed(r, "systole-date", new Date().toISOString())],
    ["id", (r: Request) => dressed(r, "systole-id", crypto.randomUUID())],
    ["key's name", (r: Request) => dressed(r, "systole-key", "mail")],
    ["signature", (r: Request) => dressed(r, "systole-signature", "0".repeat(64))],
  ])("whose %s was changed on the way is refused", async (_what, forge) => {
    const line = connect();
    line.between = (request, pass) => pass(forge(request));
    expect(await attemptCall(call({ dateMs: Date.now() - 1000 }), live())).toMatchObject({
      reason: expect.stringContaining("HTTP 401") as string,
    });
    expect(line.answered).toEqual([]);
  });

  it("that is too long is refused before it is read to its end", async () => {
    const line = connect();
    expect(await attemptCall(call({ body: "x".repeat(65_537) }), live())).toMatchObject({
      reason: "it answers with HTTP 413",
    });
    expect(line.answered).toEqual([]);
  });

  it.each([Number.NaN, 9e15])("dated %d, which is no date, is not sent", async (dateMs) => {
    const line = connect();
    expect(await attemptCall(call({ dateMs }), live())).toMatchObject({ kind: "failed" });
    expect(line.requests).toEqual([]);
  });

  it("replayed is answered as it was, and not done again", async () => {
    const line = connect();
    const again = call();
    await attemptCall(again, live());
    expect(await attemptCall(again, live())).toMatchObject({ kind: "answered", body: "done it" });
    expect(line.answered).toEqual(["it"]);
  });

  it("of an hour ago is told the time", async () => {
    const line = connect();
    expect(await attemptCall(call({ dateMs: Date.now() - HOUR_MS }), live())).toMatchObject({
      kind: "stale",
    });
    expect(line.answered).toEqual([]);
  });

  it("of half a minute ago is told the time where the window is narrower", async () => {
    const line = connect({ dateWindowMs: 20_000 });
    expect(await attemptCall(call({ dateMs: Date.now() - 30_000 }), live())).toMatchObject({ kind: "stale" });
    expect(line.answered).toEqual([]);
  });

  it("that comes too late is told from when on its date would do", async () => {
    const fromMs = Date.now() + 60_000;
    connect({ answer: () => Promise.reject(new LateCall("it was overtaken", fromMs)) });
    expect(await attemptCall(call(), live())).toEqual({ kind: "stale", atMs: fromMs });
  });

  it("that makes no sense is refused by word, and not repeated", async () => {
    const line = connect({ answer: () => Promise.reject(new RefusedCall("this is not a call")) });
    const result = await repeatCall(repeated(), live());
    expect(result).toMatchObject({ kind: "refused", body: "this is not a call" });
    expect(line.requests).toHaveLength(1);
  });
});

describe("an answer", () => {
  it.each([
    ["is not signed", () => new Response("done it")],
    ["has another body", async (r: Response) => new Response("done that", r)],
    ["has another date", async (r: Response) => redated(r)],
    [
      "is signed for another status",
      async (r: Response) => new Response(await r.text(), { status: 400, headers: r.headers }),
    ],
    ["is too long", () => new Response("x".repeat(65_537))],
    ["points elsewhere", () => new Response(null, { status: 302, headers: { location: "/" } })],
    ["is a gateway's", () => new Response("bad gateway", { status: 502 })],
    ["is an unsigned refusal", () => new Response("no", { status: 409 })],
  ])("that %s is none", async (_what, forge) => {
    const line = connect();
    line.between = async (request, pass) => forge(await pass(request));
    expect((await attemptCall(call(), live())).kind).toBe("failed");
  });

  it("to an earlier call is none to this", async () => {
    const line = connect();
    const recorded: Response[] = [];
    line.between = async (request, pass) => {
      const response = await pass(request);
      recorded.push(response.clone());
      return recorded[0]?.clone() ?? response;
    };
    await attemptCall(call(), live());
    expect((await attemptCall(call(), live())).kind).toBe("failed");
  });
});

describe("a repeated call", () => {
  it("has one id, and is done once though its answer got lost", async () => {
    const line = connect();
    line.between = async (request, pass) => {
      const response = await pass(request);
      return line.requests.length === 1 ? new Response("", { status: 503 }) : response;
    };
    const repeats: string[] = [];
    const result = await repeatCall(repeated({ onRepeat: (_n, reason) => repeats.push(reason) }), live());
    expect(result).toMatchObject({ kind: "answered", body: "done it" });
    expect(repeats).toEqual(["it answers with HTTP 503"]);
    expect(new Set(line.requests.map(({ headers }) => headers.get("systole-id"))).size).toBe(1);
    expect(line.answered).toEqual(["it"]);
  });

  it.each([HOUR_MS, -HOUR_MS])("works though the clocks are %i ms apart", async (offMs) => {
    const line = connect({ nowMs: () => Date.now() + offMs });
    expect(await repeatCall(repeated(), live())).toMatchObject({ kind: "answered" });
    expect(line.answered).toEqual(["it"]);
  });

  it("may have been done when an answer got lost, whatever is said after that", async () => {
    const line = connect();
    const statuses = [503, 401];
    line.between = async (request, pass) => {
      await pass(request);
      return new Response("", { status: statuses.shift() ?? 500 });
    };
    expect(await repeatCall(repeated(), live())).toMatchObject({ kind: "failed", timedOut: true });
    connect();
    const stranger = { ...call(), key: "0".repeat(40) };
    expect(await repeatCall(repeated({ call: stranger }), live())).toMatchObject({ timedOut: false });
  });

  it("that comes too late is told the time, and said again by that time", async () => {
    const aheadMs = 60_000;
    const line = connect({
      nowMs: () => Date.now() + aheadMs,
      answer: ({ body, dateMs }) => {
        line.answered.push(body);
        return Number(body) < Date.now() + aheadMs
          ? Promise.reject(new LateCall())
          : Promise.resolve(`${dateMs}`);
      },
    });
    const { call: once, ...rest } = repeated();
    const until = { ...once, body: (dateMs: number) => String(dateMs + 5000) };
    const result = await repeatCall({ ...rest, call: until }, live());
    expect(result.kind).toBe("answered");
    expect(line.answered).toHaveLength(2);
    const known = result.kind === "answered" ? result.aheadMs : 0;
    expect(Math.abs(known - aheadMs)).toBeLessThan(5000);
    await repeatCall({ ...rest, call: until, aheadMs: known }, live());
    expect(line.answered).toHaveLength(3);
  });

  it("that changes nothing need not be remembered", async () => {
    const line = connect({ isRemembered: ({ body }) => body !== "look" });
    const look = call({ body: "look" });
    await attemptCall(look, live());
    await attemptCall(look, live());
    expect(line.answered).toEqual(["look", "look"]);
  });

  it("waits while it is under way, and has failed when the function fails each time", async () => {
    let fails = 0;
    connect({
      answer: () => {
        fails += 1;
        return Promise.reject(new Error("broken"));
      },
    });
    expect(await repeatCall(repeated(), live())).toEqual({
      kind: "failed",
      timedOut: true,
      reason: "it answers with HTTP 500",
    });
    expect(fails).toBe(4);
  });

  it("ends with its signal, and does not know whether it was done", async () => {
    const line = connect();
    line.between = (request) =>
      new Promise((_, reject) => request.signal.addEventListener("abort", () => reject(new Error("cut"))));
    const result = await repeatCall(repeated(), AbortSignal.timeout(50));
    expect(result).toMatchObject({
      kind: "failed",
      timedOut: true,
      reason: expect.stringContaining("no answer") as string,
    });
  });
});

function repeated(change: Partial<Parameters<typeof repeatCall>[0]> = {}): Parameters<typeof repeatCall>[0] {
  const { id: _id, dateMs: _dateMs, ...rest } = call();
  return { call: rest, attemptTimeoutMs: 5000, clock: hurried, ...change };
}

function dressed(request: Request, name: string, value: string): Request {
  const headers = new Headers(request.headers);
  headers.set(name, value);
  return new Request(request, { headers });
}

function redated(response: Response): Response {
  const headers = new Headers(response.headers);
  headers.set("systole-date", new Date(0).toISOString());
  return new Response(response.body, { status: response.status, headers });
}
