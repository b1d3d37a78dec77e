// The lease, through signed calls: who has it, for how long, in which epoch, and what becomes of it when a store is lost.
import { VirtualClock } from "@systole/sdk/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { clusterKey } from "./cluster-key.js";
import type { WitnessClient } from "./client.js";
import type { Answer } from "./question.js";
import { live, SECRET, Wire } from "./testing/wire.js";

const TTL_MS = 10_000;
const HOUR_MS = 3_600_000;
let wire: Wire;
let alpha: WitnessClient;
let bravo: WitnessClient;

async function connect(init: ConstructorParameters<typeof Wire>[0] = {}): Promise<void> {
  wire = new Wire(init);
  vi.stubGlobal("fetch", wire.fetch);
  await wire.introduce();
  alpha = await wire.node();
  bravo = await wire.node();
}
beforeEach(() => connect());
afterEach(() => void vi.unstubAllGlobals());

async function acquire(node: WitnessClient, holder: string, ttlMs = TTL_MS): Promise<Answer> {
  const asked = await node.acquire(holder, ttlMs, live());
  if (asked.kind === "unreachable") throw new Error(asked.reason);
  return asked.answer;
}

describe("a lease", () => {
  it("is one node's, and is prolonged for it in the same epoch", async () => {
    expect(await acquire(alpha, "alpha")).toEqual({ result: "granted", epoch: 1, ttlMs: TTL_MS });
    wire.pass(4000);
    expect(await acquire(alpha, "alpha")).toEqual({ result: "granted", epoch: 1, ttlMs: TTL_MS });
    wire.pass(4000);
    const held = { result: "held", holder: "alpha", epoch: 1, forMs: 6000 };
    expect(await acquire(bravo, "bravo")).toEqual(held);
  });

  it("is another's when its time is over, in a higher epoch", async () => {
    await acquire(alpha, "alpha");
    wire.pass(TTL_MS - 1);
    expect(await acquire(bravo, "bravo")).toMatchObject({ result: "held", forMs: 1 });
    wire.pass(1);
    expect(await acquire(bravo, "bravo")).toMatchObject({ result: "granted", epoch: 2 });
    expect(await acquire(alpha, "alpha")).toMatchObject({ result: "held", holder: "bravo" });
    wire.pass(TTL_MS);
    expect(await acquire(alpha, "alpha")).toMatchObject({ result: "granted", epoch: 3 });
  });

  it("is another's so much later as the clocks of several instances may differ", async () => {
    wire = new Wire();
    vi.stubGlobal("fetch", wire.fetch);
    Object.assign(wire.store, { clock: { ...wire.leaseClock("wall"), spreadMs: 1000 } });
    await wire.introduce("web", 61_000);
    await acquire(alpha, "alpha");
    wire.pass(TTL_MS + 999);
    expect(await acquire(bravo, "bravo")).toMatchObject({ result: "held", forMs: 0 });
    wire.pass(1);
    expect(await acquire(bravo, "bravo")).toMatchObject({ result: "granted" });
  });

  it("is not shortened by asking for less", async () => {
    await acquire(alpha, "alpha");
    expect(await acquire(alpha, "alpha", 500)).toMatchObject({ ttlMs: 500 });
    wire.pass(TTL_MS - 1);
    expect(await acquire(bravo, "bravo")).toMatchObject({ result: "held" });
  });

  it("is never longer than the longest", async () => {
    expect(await acquire(alpha, "alpha", 600_000)).toMatchObject({ ttlMs: 60_000 });
  });

  it("that is given back is another's at once, in a higher epoch", async () => {
    const { epoch } = await acquire(alpha, "alpha");
    await alpha.release("alpha", epoch, live());
    expect(await acquire(bravo, "bravo")).toMatchObject({ result: "granted", epoch: 2 });
  });

  it.each([
    ["that is another's", "bravo", 1],
    ["of an earlier epoch", "alpha", 0],
  ])("%s cannot be given back", async (_what, holder, epoch) => {
    await acquire(alpha, "alpha");
    await bravo.release(holder, epoch, live());
    expect(await acquire(bravo, "bravo")).toMatchObject({ result: "held", holder: "alpha" });
  });

  it("of a cluster is nothing to another, whose nodes have the same names", async () => {
    await wire.introduce("mail");
    await acquire(alpha, "alpha");
    const other = await wire.node("mail");
    expect(await acquire(other, "bravo")).toMatchObject({ result: "granted", epoch: 1 });
    await other.release("alpha", 1, live());
    expect(await acquire(bravo, "bravo")).toMatchObject({ result: "held", holder: "alpha" });
  });
});

describe("time", () => {
  it.each([HOUR_MS, -HOUR_MS])("is the witness's alone: a node whose clock is %i ms off", async (offMs) => {
    const clock = new VirtualClock({ nowMs: wire.clock.nowMs() });
    clock.stepWall(offMs);
    const wrong = await wire.node("web", clock);
    expect(await acquire(wrong, "alpha")).toMatchObject({ result: "granted" });
    wire.pass(TTL_MS - 1);
    expect(await acquire(bravo, "bravo")).toMatchObject({ result: "held" });
    wire.pass(1);
    expect(await acquire(bravo, "bravo")).toMatchObject({ result: "granted" });
    expect(await acquire(wrong, "alpha")).toMatchObject({ result: "held", holder: "bravo" });
  });

  it.each([HOUR_MS, -HOUR_MS])("of a node may be set while it asks: by %i ms", async (stepMs) => {
    const clock = new VirtualClock({ nowMs: wire.clock.nowMs() });
    const node = await wire.node("web", clock);
    await acquire(node, "alpha");
    clock.stepWall(stepMs);
    const before = wire.requests.length;
    expect(await acquire(node, "alpha")).toMatchObject({ result: "granted", epoch: 1 });
    expect(wire.requests).toHaveLength(before + 1);
  });

  it("of a node that was ahead and is started again with the right clock costs it no lease", async () => {
    const clock = new VirtualClock({ nowMs: wire.clock.nowMs() });
    clock.stepWall(25_000);
    await acquire(await wire.node("web", clock), "alpha");
    expect(await acquire(alpha, "alpha")).toMatchObject({ result: "granted", epoch: 1 });
  });

  it("of the witness that is set does not end a lease early", async () => {
    await acquire(alpha, "alpha");
    wire.clock.stepWall(HOUR_MS);
    expect(await acquire(bravo, "bravo")).toMatchObject({ result: "held" });
  });

  it("begins anew with the process: a lease that another has counted runs its whole time again", async () => {
    await acquire(alpha, "alpha");
    wire.pass(TTL_MS - 1);
    Object.assign(wire.store, { clock: { ...wire.leaseClock("next"), sinceMs: wire.clock.nowMs() } });
    wire.pass(TTL_MS - 1);
    expect(await acquire(bravo, "bravo")).toMatchObject({ result: "held", holder: "alpha" });
    wire.pass(1);
    expect(await acquire(bravo, "bravo")).toMatchObject({ result: "granted" });
  });
});

describe("a witness that was wiped", () => {
  it("while a lease is out grants nothing before the longest has run out", async () => {
    await acquire(alpha, "alpha", 60_000);
    wire.store.clear();
    for (let passedMs = 0; passedMs < 60_000; passedMs += 1000) {
      expect(await acquire(bravo, "bravo")).toMatchObject({ result: "not-yet" });
      wire.pass(1000);
    }
    expect(await acquire(bravo, "bravo")).toMatchObject({ result: "granted" });
  });

  it("never says an epoch again that a node has seen", async () => {
    for (let round = 0; round < 3; round += 1) {
      await acquire(alpha, "alpha", 500);
      wire.pass(500);
      await acquire(bravo, "bravo", 500);
      wire.pass(500);
    }
    expect(bravo.epoch).toBe(6);
    wire.store.clear();
    await acquire(bravo, "bravo");
    wire.pass(60_000);
    expect(await acquire(alpha, "alpha")).toMatchObject({ result: "granted", epoch: 7 });
  });

  it("and got an older state back is as one that was wiped, once a node asks that has seen more", async () => {
    await acquire(alpha, "alpha", 500);
    const old = await wire.store.read("web");
    wire.pass(500);
    await acquire(bravo, "bravo", 60_000);
    await wire.store.write("web", old?.text ?? "", (await wire.store.read("web"))?.version);
    expect(await acquire(bravo, "bravo")).toMatchObject({ result: "not-yet", forMs: 60_000 });
    expect(await acquire(alpha, "alpha")).toMatchObject({ result: "not-yet", epoch: 2 });
  });

  it("takes what it cannot read for nothing, and says so", async () => {
    await acquire(alpha, "alpha");
    for (const text of ["", "{", "null", `{"v":2}`, `{"v":1,"epoch":"1"}`]) {
      await wire.store.write("web", text, (await wire.store.read("web"))?.version);
      expect(await acquire(bravo, "bravo")).toMatchObject({ result: "not-yet" });
    }
    expect(wire.events.filter(({ kind }) => kind === "unreadable")).toHaveLength(5);
  });
});

describe("two nodes that ask in the same millisecond", () => {
  it("through signed calls: never two holders, and one each time", async () => {
    for (let race = 0; race < 200; race += 1) {
      const both = [acquire(alpha, "alpha", 500), acquire(bravo, "bravo", 500)];
      const results = (await Promise.all(race % 2 === 0 ? both : both.toReversed())).map(
        ({ result }) => result,
      );
      expect(results.toSorted()).toEqual(["granted", "held"]);
      wire.pass(500);
    }
  });
});

describe("a store", () => {
  it("that fails after it wrote: the same node asks again and has it, in one epoch", async () => {
    const write = wire.store.write.bind(wire.store);
    let failures = 0;
    wire.store.write = async (cluster, text, over) => {
      await write(cluster, text, over);
      failures += 1;
      if (failures < 3) throw new Error("timed out");
      return true;
    };
    const asked = alpha.acquire("alpha", TTL_MS, live());
    await vi.waitFor(() => {
      wire.pass(100);
      expect(failures).toBe(3);
    });
    expect(await asked).toMatchObject({ kind: "answered", answer: { result: "granted", epoch: 1 } });
    wire.store.write = write;
    expect(await acquire(bravo, "bravo")).toMatchObject({ result: "held", holder: "alpha", epoch: 1 });
    expect(wire.events.filter(({ kind }) => kind === "store-failed")).toHaveLength(2);
  });

  it("that cannot be read is an error, and no answer", async () => {
    wire.store.read = () => Promise.reject(new Error("gone"));
    const asked = alpha.acquire("alpha", TTL_MS, AbortSignal.timeout(50));
    expect(await asked).toEqual({ kind: "unreachable", reason: "it answers with HTTP 500" });
  });

  it("in which another is faster each time is given up", async () => {
    let reads = 0;
    const read = wire.store.read.bind(wire.store);
    wire.store.read = async (cluster) => {
      reads += 1;
      const stored = await read(cluster);
      return stored && { ...stored, version: "older" };
    };
    expect((await alpha.acquire("alpha", TTL_MS, AbortSignal.timeout(50))).kind).toBe("unreachable");
    expect(reads).toBe(32);
  });
});

describe("keys", () => {
  it("of clusters differ, and are the same each time", async () => {
    const keys = await Promise.all(["web", "mail", "web", "Web"].map((name) => clusterKey(SECRET, name)));
    expect(keys.every((key) => /^[0-9a-f]{64}$/.test(key))).toBe(true);
    expect(new Set(keys).size).toBe(3);
  });

  it.each(["", ".web", "a/b", "a b", "x".repeat(101), "wéb"])("are not made for %j", async (name) => {
    await expect(clusterKey(SECRET, name)).rejects.toThrow("no name of a cluster");
  });

  it("are not made of a secret that can be guessed", async () => {
    await expect(clusterKey("short", "web")).rejects.toThrow("openssl rand -hex 32");
  });
});
