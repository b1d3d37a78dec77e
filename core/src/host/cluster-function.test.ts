// What anybody may send to a node in a function, and what he gets: nothing without the key, nothing twice, nothing for a stranger.
import { beforeEach, describe, expect, it } from "vitest";
import { attemptCall, framesCall, FRAMES_PURPOSE, readFramesAnswer, type FramesCall } from "../http/index.js";
import { Authenticator, type Logger, type Plugin } from "../ports/index.js";
import { MemoryCell } from "../runtime/function/index.js";
import { clusterFunction, type ClusterFunction } from "./cluster-function.js";

const KEY = "k".repeat(32);
const KEEPALIVE_MS = 1000;

const signing: Plugin = {
  kind: "systole.plugin",
  name: "signing",
  sdk: "0.1.0",
  runtimes: ["lambda"],
  register: (host) =>
    host.provide(Authenticator, "classic", {
      inject: [],
      create: () => ({
        supports: { keyed: true },
        sign: (bytes) => `1 ${bytes.length}`,
        verify: (bytes, signature) =>
          signature === `1 ${bytes.length}` ? { ok: true, key: 1 } : { ok: false, reason: "mismatch" },
      }),
    }),
};

let wallMs: number;
let node: ClusterFunction;
let events: string[];
let logger: Logger;

beforeEach(() => {
  wallMs = 1_800_000_000_000;
  events = [];
  const note = (event: string): void => void events.push(event);
  logger = { debug: () => undefined, info: note, warn: note, error: note, child: () => logger };
  node = functionOf("Cloud", logger);
});

function functionOf(name: string, logger: Logger): ClusterFunction {
  return clusterFunction({
    node: name,
    nodes: ["alpha", "beta", "Cloud"],
    cluster: "shop",
    key: KEY,
    plugins: [{ plugin: signing }],
    keepaliveMs: KEEPALIVE_MS,
    deadMs: 10_000,
    cell: new MemoryCell(),
    runtime: "lambda",
    logger,
    clock: { nowMs: () => wallMs, wallMs: () => wallMs, wakeAt: () => () => undefined },
  });
}

/** The request that a node would send; `fetch` is caught before it leaves. */
async function requestOf(call: Partial<FramesCall>, key = KEY, keyName = "shop"): Promise<Request> {
  const body = framesCall({ from: "alpha", had: 0, frames: [], ...call });
  const url = "https://function.example/frames";
  let caught: Request | undefined;
  const original = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    caught = new Request(input as string, init);
    return Promise.reject(new Error("caught"));
  };
  try {
    const id = crypto.randomUUID();
    const made = { url, key, keyName, purpose: FRAMES_PURPOSE, id, dateMs: wallMs, body };
    await attemptCall(made, new AbortController().signal);
  } finally {
    globalThis.fetch = original;
  }
  if (caught === undefined) throw new Error("nothing was sent");
  return caught;
}

async function answerTo(
  request: Request,
): Promise<{ readonly status: number; readonly frames: number; readonly upTo: number }> {
  const response = await node.fetch(request);
  const answer = readFramesAnswer(await response.text());
  return { status: response.status, frames: answer?.frames.length ?? 0, upTo: answer?.upTo ?? 0 };
}

describe("a call", () => {
  it("brings what waits, once it is asked for, and only what the caller has not got", async () => {
    const first = await answerTo(await requestOf({}));
    expect(first).toMatchObject({ status: 200 });
    expect(first.frames).toBeGreaterThan(0);
    const life = readFramesAnswer(await (await node.fetch(await requestOf({}))).text())?.life ?? "";
    expect(await answerTo(await requestOf({ had: first.upTo, life }))).toMatchObject({
      frames: 0,
      upTo: first.upTo,
    });
    // Who counts in another life has nothing of this one.
    expect(await answerTo(await requestOf({ had: first.upTo, life: "1" }))).toEqual(first);
  });

  it("that is replayed takes nothing from anybody: whoever asks next gets the same", async () => {
    const request = await requestOf({ from: "alpha" });
    const once = await answerTo(request.clone());
    expect(await answerTo(request.clone())).toEqual(once);
    expect(await answerTo(await requestOf({ from: "beta" }))).toEqual(once);
  });

  it("is none without the key, with another one, or under another name", async () => {
    const unsigned = new Request("https://function.example/frames", { method: "POST", body: "{}" });
    for (const request of [unsigned, await requestOf({}, "x".repeat(32)), await requestOf({}, KEY, "bank")])
      expect((await node.fetch(request)).status).toBe(401);
    expect(events).toEqual([]);
  });

  it("of an hour ago is not taken, and is told the time", async () => {
    const old = await requestOf({});
    wallMs += 3_600_000;
    expect((await node.fetch(old)).status).toBe(409);
  });

  it("from a node that is none of the cluster, from this node itself, or of no sense is refused", async () => {
    for (const from of ["mallory", "cloud", "Cloud"])
      expect((await node.fetch(await requestOf({ from }))).status).toBe(400);
    expect((await node.fetch(await requestOf({ had: -1 }))).status).toBe(400);
    expect((await node.fetch(await requestOf({ frames: Array(65).fill(Uint8Array.of(1)) }))).status).toBe(
      400,
    );
  });

  it("with frames that are not signed changes nothing in the cluster, and is counted", async () => {
    await node.fetch(await requestOf({ frames: [new TextEncoder().encode("junk"), new Uint8Array(32_768)] }));
    expect(events).toContain("frame.refused");
    expect((await node.view())?.nodes.map(({ state }) => state)).toEqual(["up", "init", "init"]);
  });
});

it("a node says in its first word what it speaks, also when it is somebody's word that wakes it", async () => {
  const alpha = functionOf("alpha", logger);
  const told = async (from: ClusterFunction, call: Partial<FramesCall>): Promise<readonly Uint8Array[]> =>
    readFramesAnswer(await (await from.fetch(await requestOf(call))).text())?.frames ?? [];
  const words = await told(alpha, { from: "beta" });
  expect(words.length).toBeGreaterThan(0);
  const answers = (await told(node, { frames: words })).map((frame) => new TextDecoder().decode(frame));
  const statuses = answers.filter((text) => text.includes("status"));
  expect(statuses.length).toBeGreaterThan(0);
  // The field by which Systole nodes know each other; without it the others would speak as with a heartbeat.
  expect(statuses.filter((text) => !text.includes("systole"))).toEqual([]);
  expect((await node.view())?.nodes.map(({ state }) => state)).toEqual(["up", "up", "init"]);
});

it("what waits is gone after three keepalives, so that nobody takes it for a sign of life", async () => {
  const before = await answerTo(await requestOf({}));
  for (let count = 0; count < 6; count += 1) {
    wallMs += KEEPALIVE_MS;
    await node.alarm();
  }
  const after = await answerTo(await requestOf({}));
  expect(after.upTo).toBeGreaterThan(before.upTo + 4);
  expect(after.frames).toBeLessThanOrEqual(5);
});

it("says at once what is wrong with its configuration, to whoever asks", async () => {
  const wrong = clusterFunction({
    node: "other",
    nodes: ["alpha"],
    cluster: "shop",
    key: KEY,
    plugins: [],
    keepaliveMs: 1,
    deadMs: 2,
    cell: new MemoryCell(),
    runtime: "lambda",
  });
  await expect(wrong.node()).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  await expect(wrong.node()).rejects.toThrow("nodes does not name this node, other");
});
