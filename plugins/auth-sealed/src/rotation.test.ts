// Keys that change while nodes talk, modes that change, and keys that are revoked.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SealMode } from "@systole/sdk";
import { SecretKey } from "./node-key.js";
import { rotationState } from "./rotation.js";
import { SealedCluster, twoNodes } from "./testing/sealed-cluster.js";

let cluster: SealedCluster;
beforeEach(() => (cluster = new SealedCluster()));
afterEach(() => cluster.close());

const keysOn = (node: string, of: string) =>
  cluster
    .node(node)
    .keys()
    .peers.find((peer) => peer.node === of)?.keys;
const ownKeys = (node: string) => cluster.node(node).keys().own;

/** Both nodes go on talking; the words that either did not get. */
async function talk(rounds: number, advanceMs: number): Promise<readonly string[]> {
  const lost: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const [from, to] of [
      ["master", "cluster1"],
      ["cluster1", "master"],
    ] as const) {
      const word = `${round} at ${cluster.clock.nowMs()}`;
      cluster.say(from, word);
      if (cluster.taken.get(to)?.at(-1) !== `${from}: ${word}`) lost.push(`${from} to ${to}: ${word}`);
    }
    await cluster.settle(advanceMs);
  }
  return lost;
}

describe("the steps of a new key", () => {
  const facts = {
    keys: 2,
    peers: ["a", "b"],
    acknowledged: new Set<string>(),
    activatedAtMs: undefined,
    nowMs: 0,
  };

  it("are none with one key", () => {
    expect(rotationState({ ...facts, keys: 1 })).toMatchObject({ step: "steady", sealsWith: 0 });
  });

  it("begin with telling everybody, and name those who have not got it", () => {
    const state = rotationState({ ...facts, acknowledged: new Set(["a"]) });
    expect(state).toEqual({ step: "add", sealsWith: 0, waitsFor: ["b"], canRetire: false });
  });

  it("keep the old key for what is on its way", () => {
    expect(rotationState({ ...facts, activatedAtMs: 0, nowMs: 9999 })).toMatchObject({
      sealsWith: 1,
      canRetire: false,
    });
    expect(rotationState({ ...facts, activatedAtMs: 0, nowMs: 10_000 }).canRetire).toBe(true);
  });
});

describe("a new key", () => {
  beforeEach(async () => {
    cluster = await twoNodes(cluster);
  });

  it("takes the old one's place everywhere without a lost word, and stays over a restart", async () => {
    const [before] = ownKeys("master").keys;
    expect(await cluster.node("master").change({ kind: "rotate" })).toMatchObject({ ok: true });
    expect(await talk(4, 1000)).toEqual([]);
    expect(ownKeys("master")).toMatchObject({ step: "activate", waitsFor: [] });
    expect(keysOn("cluster1", "master")).toHaveLength(2);
    expect(await talk(12, 1000)).toEqual([]);
    const { step, keys } = ownKeys("master");
    expect(step).toBe("steady");
    expect(keys).toHaveLength(1);
    expect(keys).not.toContain(before);
    expect(keysOn("cluster1", "master")).toEqual(keys);
    expect([...cluster.refused.values()].flat()).toEqual([]);
    await cluster.start("master");
    await cluster.start("cluster1");
    cluster.meet();
    expect(await talk(2, 100)).toEqual([]);
  });

  it("waits for a node that is away, and goes on when it is back", async () => {
    cluster.cut.add("cluster1");
    await cluster.node("master").change({ kind: "rotate" });
    await cluster.settle(60_000);
    expect(ownKeys("master")).toMatchObject({ step: "add", waitsFor: ["cluster1"] });
    expect(await cluster.node("master").change({ kind: "rotate" })).toMatchObject({
      ok: false,
      reason: expect.stringContaining("waits for cluster1"),
    });
    cluster.cut.delete("cluster1");
    expect(await talk(30, 1000)).toEqual([]);
    expect(ownKeys("master")).toMatchObject({ step: "steady" });
  });

  it("survives that both nodes change at once, and that either starts anew in between", async () => {
    await cluster.node("master").change({ kind: "rotate" });
    await cluster.node("cluster1").change({ kind: "rotate" });
    await talk(2, 500);
    await cluster.start("master");
    await talk(2, 500);
    await cluster.start("cluster1");
    await talk(40, 1000);
    for (const name of ["master", "cluster1"]) expect(ownKeys(name)).toMatchObject({ step: "steady" });
    expect(keysOn("cluster1", "master")).toEqual(ownKeys("master").keys);
    expect(keysOn("master", "cluster1")).toEqual(ownKeys("cluster1").keys);
    expect(await talk(2, 100)).toEqual([]);
  });

  it("is not made where the present one is a credential of systemd", async () => {
    const directory = cluster.directory("master");
    const [key = SecretKey.generate()] = directory.readSecret();
    await cluster.directory("credentials").writeSecret("master", [key]);
    const node = await cluster.start("master", "permissive", `${cluster.root}/credentials/node.key`);
    const answer = await node.change({ kind: "rotate" });
    expect(answer).toMatchObject({ ok: false, reason: expect.stringContaining("credential") });
    cluster.meet();
    expect(await talk(1, 100)).toEqual([]);
  });
});

describe("a revoked key", () => {
  beforeEach(async () => {
    cluster = await twoNodes(cluster);
  });

  it("counts for nothing from that moment on, whatever its holder says", async () => {
    const stolen = cluster.node("cluster1");
    await cluster.directory("master").revoke("cluster1");
    expect(await cluster.node("master").change({ kind: "reload", mode: "permissive" })).toMatchObject({
      ok: true,
    });
    const frame = stolen.seal(Buffer.from("I am cluster1"), "peers");
    expect(cluster.give("master", frame)).toEqual({ ok: false, reason: "revoked-key" });
    const toOthers = cluster.node("master").seal(Buffer.from("a secret"), "peers");
    expect(cluster.give("cluster1", toOthers)).toEqual({ ok: false, reason: "not-for-us" });
    const [{ key: revoked = "" } = {}] = cluster.node("master").keys().revoked;
    expect(ownKeys("cluster1").keys).toContain(revoked);
    // Nor when somebody copies its file back.
    const [key = SecretKey.generate()] = cluster.directory("cluster1").readSecret();
    await cluster.directory("master").writePublic("cluster1", [key.public]);
    await cluster.node("master").change({ kind: "reload", mode: "permissive" });
    expect(cluster.give("master", stolen.seal(Buffer.from("again"), "peers")).ok).toBe(false);
  });

  it("makes room for a new one of the same node", async () => {
    await cluster.directory("master").revoke("cluster1");
    const fresh = SecretKey.generate();
    await cluster.directory("cluster1").writeSecret("cluster1", [fresh]);
    await cluster.directory("cluster1").writePublic("cluster1", [fresh.public]);
    await cluster.directory("master").writePublic("cluster1", [fresh.public]);
    await cluster.node("master").change({ kind: "reload", mode: "permissive" });
    await cluster.start("cluster1");
    cluster.meet();
    expect(await talk(2, 100)).toEqual([]);
  });

  it("is shown as long as another node still trusts it", async () => {
    await cluster.prepare("master", "cluster1", "third");
    for (const name of ["master", "cluster1"]) await cluster.start(name);
    cluster.meet();
    await cluster.directory("master").revoke("third");
    await cluster.node("master").change({ kind: "reload", mode: "permissive" });
    cluster.say("cluster1", "hello");
    const trusts = () =>
      cluster
        .node("master")
        .keys()
        .peers.find(({ node }) => node === "cluster1")?.trusts;
    expect(trusts()).toEqual(["third"]);
    await cluster.directory("cluster1").revoke("third");
    await cluster.node("cluster1").change({ kind: "reload", mode: "permissive" });
    cluster.say("cluster1", "hello");
    expect(trusts()).toEqual([]);
  });
});

describe("a change of mode", () => {
  beforeEach(async () => {
    await cluster.prepare("master", "cluster1");
  });

  const change = async (node: string, mode: SealMode) => {
    const answer = cluster.node(node).change({ kind: "reload", mode });
    await cluster.settle(4000);
    return answer;
  };

  it("makes sure first that the others can follow, and then costs no word", async () => {
    for (const name of ["master", "cluster1"]) await cluster.start(name, "receive-only");
    cluster.node("master").heardSigned("cluster1");
    cluster.node("cluster1").heardSigned("master");
    expect(await change("master", "permissive")).toMatchObject({ ok: true });
    expect(cluster.node("master").mode).toBe("permissive");
    cluster.say("master", "sealed");
    expect(cluster.taken.get("cluster1")).toEqual(["master: sealed"]);
    expect(await change("cluster1", "permissive")).toMatchObject({ ok: true });
    cluster.say("cluster1", "sealed too");
    expect(cluster.taken.get("master")).toEqual(["cluster1: sealed too"]);
    expect(await change("master", "enforce")).toMatchObject({ ok: true });
    expect([...cluster.refused.values()].flat()).toEqual([]);
  });

  it("is refused while a node that is there cannot open sealed frames", async () => {
    await cluster.start("master", "receive-only");
    cluster.node("master").heardSigned("cluster1");
    expect(await change("master", "permissive")).toEqual({
      ok: false,
      reason: expect.stringMatching(/^mode receive-only stays: cluster1 does not answer/),
    });
    expect(cluster.node("master").mode).toBe("receive-only");
  });

  it("is refused while a node that is there has no key here", async () => {
    await cluster.start("master", "receive-only");
    cluster.node("master").heardSigned("stranger");
    expect((await change("master", "permissive")).reason).toContain("no public key of stranger");
  });

  it("to enforce is refused while a node still signs", async () => {
    for (const name of ["master", "cluster1"]) await cluster.start(name);
    cluster.meet();
    cluster.clock.advance(1);
    cluster.node("master").heardSigned("cluster1");
    expect((await change("master", "enforce")).reason).toContain("still sends signed frames");
  });

  it("back to signed frames is refused while a node believes sealed ones only", async () => {
    await cluster.start("master");
    await cluster.start("cluster1", "enforce");
    cluster.meet();
    expect((await change("master", "receive-only")).reason).toContain("believes sealed frames only");
  });

  it("leaves everything as it was when the keys cannot be read", async () => {
    const node = await cluster.start("master", "receive-only");
    await cluster.directory("master").writePublic("cluster1", []);
    expect(await change("master", "permissive")).toMatchObject({
      ok: false,
      reason: expect.stringContaining("holds no key"),
    });
    expect(node.keys().peers.map((peer) => peer.node)).toEqual(["cluster1"]);
  });
});
