// What must not be believed: questions that were recorded, changed, sent by strangers, or make no sense.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { WitnessClient } from "./client.js";
import { clusterKey } from "./cluster-key.js";
import { PURPOSE } from "./question.js";
import { attemptCall } from "@systole/sdk/http";
import { live, SECRET, URL, Wire } from "./testing/wire.js";

let wire: Wire;
let alpha: WitnessClient;
let bravo: WitnessClient;

beforeEach(async () => {
  wire = new Wire();
  vi.stubGlobal("fetch", wire.fetch);
  await wire.introduce();
  alpha = await wire.node();
  bravo = await wire.node();
});
afterEach(() => void vi.unstubAllGlobals());

/** Sends exactly what was sent before. */
async function replay(request: Request | undefined): Promise<number> {
  if (request === undefined) throw new Error("nothing was recorded");
  return (await wire.handler(request.clone())).status;
}

async function holderNow(): Promise<string | undefined> {
  const asked = await bravo.hello("somebody", live());
  return asked.kind === "answered" && asked.answer.result === "known" ? asked.answer.holder : "?";
}

describe("a question that was recorded", () => {
  it("is not taken a second time", async () => {
    await alpha.acquire("alpha", 10_000, live());
    expect(await replay(wire.requests.at(-1))).toBe(409);
  });

  it("to release does not take a lease away that was given since", async () => {
    await alpha.acquire("alpha", 10_000, live());
    await alpha.release("alpha", 1, live());
    const release = wire.requests.at(-1);
    await alpha.acquire("alpha", 10_000, live());
    expect(await replay(release)).toBe(409);
    expect(await holderNow()).toBe("alpha");
  });

  it("does not give a lease back to a node that has asked for nothing", async () => {
    await alpha.acquire("alpha", 500, live());
    const acquire = wire.requests.at(-1);
    wire.pass(500);
    expect(await replay(acquire)).toBe(409);
    expect(await holderNow()).toBeUndefined();
  });

  it("and was denied then is denied again: it is not put off until it would be granted", async () => {
    await alpha.acquire("alpha", 500, live());
    await bravo.acquire("bravo", 10_000, live());
    const denied = wire.requests.at(-1);
    wire.pass(500);
    expect(await replay(denied)).toBe(409);
    expect(await holderNow()).toBeUndefined();
  });

  it("and is late on its way is not taken after a later one of its node", async () => {
    const late: Request[] = [];
    wire.between = async (request) => {
      late.push(request.clone());
      throw new Error("lost");
    };
    await alpha.acquire("alpha", 10_000, AbortSignal.timeout(20));
    wire.between = (request, pass) => pass(request);
    await alpha.release("alpha", 1, live());
    expect(await replay(late[0])).toBe(409);
    expect(await holderNow()).toBeUndefined();
  });

  it("to release, overtaken by a later question of its node, is not said again", async () => {
    await alpha.acquire("alpha", 10_000, live());
    const held: (() => void)[] = [];
    wire.between = async (request, pass) => {
      const { op } = (await request.clone().json()) as { readonly op: string };
      if (op === "release") await new Promise<void>((resolve) => held.push(resolve));
      return pass(request);
    };
    const released = alpha.release("alpha", 1, live());
    await vi.waitFor(() => expect(held).toHaveLength(1));
    expect(await alpha.acquire("alpha", 10_000, live())).toMatchObject({ answer: { result: "granted" } });
    const before = wire.requests.length;
    held[0]?.();
    expect((await released).kind).toBe("unreachable");
    expect(wire.requests).toHaveLength(before);
    expect(await holderNow()).toBe("alpha");
  });

  it("before the witness was wiped is too old when it grants again", async () => {
    await alpha.acquire("alpha", 10_000, live());
    const acquire = wire.requests.at(-1);
    wire.store.clear();
    await bravo.hello("somebody", live());
    wire.pass(60_000);
    expect(await replay(acquire)).toBe(409);
    expect(await holderNow()).toBeUndefined();
  });
});

describe("a question that is forged", () => {
  const changes: readonly (readonly [string, (request: Request) => Promise<Request> | Request])[] = [
    [
      "re-dated",
      (request) => headed(request, "systole-date", new Date(wire.clock.wallMs() + 5).toISOString()),
    ],
    ["re-dated to no date", (request) => headed(request, "systole-date", "yesterday")],
    ["given another id", (request) => headed(request, "systole-id", crypto.randomUUID())],
    ["said to be another cluster's", (request) => headed(request, "systole-key", "mail")],
    [
      "truncated",
      async (request) => new Request(request, { method: "POST", body: (await request.text()).slice(0, -1) }),
    ],
    ["sent to another path", (request) => new Request("https://witness.example/other", request)],
    ["without a signature", (request) => headed(request, "systole-signature", "")],
  ];
  it.each(changes)("%s is a stranger's", async (_what, change) => {
    const statuses: number[] = [];
    wire.between = async (request, pass) => {
      const response = await pass(await change(request));
      statuses.push(response.status);
      return response;
    };
    expect((await alpha.acquire("alpha", 10_000, live())).kind).toBe("unreachable");
    expect(statuses).toEqual([401]);
    wire.between = (request, pass) => pass(request);
    expect(await holderNow()).toBeUndefined();
  });

  it("with the key of another cluster is a stranger's", async () => {
    const stranger = await wire.node("web", wire.clock, await clusterKey(SECRET, "mail"));
    const asked = await stranger.acquire("alpha", 10_000, live());
    expect(asked).toMatchObject({
      kind: "unreachable",
      reason: expect.stringContaining("HTTP 401") as string,
    });
    expect(await holderNow()).toBeUndefined();
  });

  it("that is too long is refused before it is read", async () => {
    const body = "x".repeat(70_000);
    const response = await wire.handler(new Request(URL, { method: "POST", body }));
    expect(response.status).toBe(413);
  });

  it("is not even a question when it is fetched", async () => {
    expect((await wire.handler(new Request(URL))).status).toBe(405);
  });
});

describe("a question that makes no sense", () => {
  it.each([
    ["", "an object of JSON"],
    ["[]", "an object of JSON"],
    [`{"op":"acquire"`, "an object of JSON"],
    [`{"op":"steal","holder":"alpha","epoch":0}`, "op must be"],
    [`{"op":"acquire","holder":"","epoch":0,"ttlMs":1000}`, "holder must be"],
    [`{"op":"acquire","holder":"a\\nb","epoch":0,"ttlMs":1000}`, "holder must be"],
    [`{"op":"acquire","holder":"${"x".repeat(256)}","epoch":0,"ttlMs":1000}`, "holder must be"],
    [`{"op":"acquire","holder":"alpha","epoch":0,"ttlMs":1e99}`, "ttlMs must be"],
    [`{"op":"acquire","holder":"alpha","epoch":0,"ttlMs":0}`, "ttlMs must be"],
    [`{"op":"acquire","holder":"alpha","epoch":0}`, "ttlMs must be"],
    [`{"op":"acquire","holder":"alpha","epoch":-1,"ttlMs":1000}`, "epoch must be"],
    [`{"op":"acquire","holder":"alpha","epoch":9007199254740991,"ttlMs":1000}`, "epoch must be"],
    [`{"op":"hello","holder":"alpha","epoch":0,"more":"${"x".repeat(1024)}"}`, "at most 1024"],
  ])("%s is refused by a sentence, and nothing is written", async (body, sentence) => {
    const before = await wire.store.read("web");
    const key = await clusterKey(SECRET, "web");
    const call = { url: URL, key, keyName: "web", purpose: PURPOSE, id: crypto.randomUUID() };
    const attempt = await attemptCall({ ...call, dateMs: wire.clock.wallMs(), body }, live());
    expect(attempt).toMatchObject({ kind: "refused", body: expect.stringContaining(sentence) as string });
    expect(await wire.store.read("web")).toEqual(before);
  });

  it("of more nodes than a cluster has is refused", async () => {
    const names = Array.from({ length: 100 }, (_, index) => `node-${index}`);
    for (const name of names) expect((await alpha.hello(name, live())).kind).toBe("answered");
    expect(await alpha.hello("one more", live())).toMatchObject({ kind: "unreachable" });
    wire.pass(30_001);
    expect((await alpha.hello("one more", live())).kind).toBe("answered");
  });
});

describe("an answer that is none", () => {
  it.each([
    ["an error", () => new Response("broken", { status: 500 })],
    ["a page of a proxy", () => new Response("<html>", { status: 200 })],
    [
      "a redirect",
      () => new Response(null, { status: 302, headers: { location: "https://elsewhere.example" } }),
    ],
    ["nothing", () => Promise.reject(new Error("connection reset"))],
  ])("%s is neither a grant nor a denial", async (_what, forge) => {
    wire.between = async () => forge();
    expect((await alpha.acquire("alpha", 10_000, AbortSignal.timeout(30))).kind).toBe("unreachable");
  });

  it("is one to another question", async () => {
    const recorded: Response[] = [];
    wire.between = async (request, pass) => {
      const response = await pass(request);
      recorded.push(response.clone());
      return recorded[0]?.clone() ?? response;
    };
    await alpha.acquire("alpha", 10_000, live());
    expect((await alpha.acquire("alpha", 10_000, live())).kind).toBe("unreachable");
  });
});

function headed(request: Request, name: string, value: string): Request {
  const headers = new Headers(request.headers);
  headers.set(name, value);
  return new Request(request, { headers });
}
