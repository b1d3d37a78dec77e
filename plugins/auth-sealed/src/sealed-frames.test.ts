// What passes between nodes that have each other's keys: everything once, nothing else, and nothing lost at a start.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { claimsSealed } from "@systole/sdk";
import { SealedCluster, twoNodes } from "./testing/sealed-cluster.js";

let cluster: SealedCluster;
afterEach(() => cluster.close());

describe("two nodes", () => {
  beforeEach(async () => {
    cluster = await twoNodes();
  });

  it("hear each other from the second word on: the first one shows that they are alive", async () => {
    await cluster.close();
    cluster = new SealedCluster();
    await cluster.prepare("master", "cluster1");
    await cluster.start("master");
    await cluster.start("cluster1");
    for (const word of ["one", "two"]) for (const name of ["master", "cluster1"]) cluster.say(name, word);
    expect(cluster.taken.get("cluster1")).toEqual(["master: two"]);
    expect(cluster.taken.get("master")).toEqual(["cluster1: one", "cluster1: two"]);
    expect([...cluster.refused.values()].flat()).toEqual([]);
  });

  it("send nothing that says its text, and mark every frame as sealed", () => {
    cluster.say("master", "the password is swordfish");
    for (const { bytes } of cluster.captured) {
      expect(claimsSealed(bytes)).toBe(true);
      expect(Buffer.from(bytes).toString("latin1")).not.toContain("swordfish");
    }
    expect(cluster.taken.get("cluster1")).toContain("master: the password is swordfish");
  });

  it("never seal the same text into the same bytes", () => {
    const frames = [1, 2, 3].map(() => Buffer.from(cluster.say("master", "again")).toString("hex"));
    expect(new Set(frames).size).toBe(3);
  });

  it("need no greetings once they know each other", () => {
    const before = cluster.captured.length;
    for (let index = 0; index < 50; index += 1) cluster.say("master", `word ${index}`);
    expect(cluster.captured.length - before).toBe(50);
    expect(cluster.taken.get("cluster1")).toHaveLength(50);
  });

  it("take in what was overtaken, once", () => {
    const early = cluster.node("master").seal(Buffer.from("early"), "peers");
    for (let index = 0; index < 1000; index += 1) cluster.say("master", "later");
    expect(cluster.give("cluster1", early)).toMatchObject({ ok: true, messages: [{ node: "master" }] });
    expect(cluster.give("cluster1", early)).toEqual({ ok: false, reason: "replayed" });
  });

  it("refuse what was overtaken by more than anybody remembers", () => {
    const early = cluster.node("master").seal(Buffer.from("early"), "peers");
    for (let index = 0; index < 4200; index += 1) cluster.node("master").seal(Buffer.from(""), "peers");
    cluster.say("master", "late");
    expect(cluster.give("cluster1", early)).toEqual({ ok: false, reason: "replayed" });
  });

  it("let their own words that broadcast brings back pass without a message", () => {
    const own = cluster.say("master", "to all");
    expect(cluster.give("master", own)).toEqual({ ok: true, messages: [] });
  });

  it("open once what a ping node echoes, and only that", () => {
    const probe = cluster.node("master").seal(Buffer.from("ping"), "self");
    expect(cluster.give("master", probe)).toMatchObject({ ok: true, messages: [{ node: "master" }] });
    expect(cluster.give("master", probe)).toEqual({ ok: false, reason: "replayed" });
    expect(cluster.give("cluster1", probe)).toEqual({ ok: false, reason: "not-for-us" });
  });

  it("grow a message by what they say", () => {
    const frame = cluster.node("master").seal(new Uint8Array(300), "peers");
    expect(frame.length - 300).toBeLessThanOrEqual(cluster.node("master").overheadBytes);
  });

  it("say of each other how they speak", () => {
    const { own, peers, mode } = cluster.node("master").keys();
    expect(mode).toBe("permissive");
    expect(own).toMatchObject({ node: "master", step: "steady", waitsFor: [] });
    expect(peers).toMatchObject([{ node: "cluster1", sends: "sealed", mode: "permissive", trusts: [] }]);
    cluster.clock.advance(11_000);
    expect(cluster.node("master").keys().peers[0]?.sends).toBe("nothing");
    cluster.node("master").heardSigned("cluster1");
    expect(cluster.node("master").keys().peers[0]?.sends).toBe("signed");
  });
});

describe("a start", () => {
  beforeEach(async () => {
    cluster = await twoNodes();
  });

  it("costs the node that stays no word of the one that starts anew", async () => {
    for (let round = 1; round <= 3; round += 1) {
      await cluster.start("master");
      cluster.say("master", `back ${round}`);
      cluster.say("master", `still ${round}`);
      cluster.say("cluster1", `stayed ${round}`);
      expect(cluster.taken.get("master")).toEqual([`cluster1: stayed ${round}`]);
      expect(cluster.taken.get("cluster1")?.slice(-2)).toEqual([
        `master: back ${round}`,
        `master: still ${round}`,
      ]);
      cluster.clock.advance(1000);
    }
    expect([...cluster.refused.values()].flat()).toEqual([]);
  });

  it("gives back what had to wait, in order, when greetings were lost", async () => {
    await cluster.start("master");
    cluster.cut.add("master");
    const words = ["one", "two", "three"].map((word) => cluster.say("master", word));
    for (const word of words) cluster.give("cluster1", word);
    expect(cluster.taken.get("cluster1")).toEqual([]);
    cluster.cut.delete("master");
    cluster.clock.advance(1000);
    cluster.say("cluster1", "who is there?");
    cluster.say("master", "four");
    expect(cluster.taken.get("cluster1")).toEqual([
      "master: one",
      "master: two",
      "master: three",
      "master: four",
    ]);
  });

  it("keeps a bounded number of words waiting", async () => {
    await cluster.start("master");
    cluster.cut.add("master");
    const words = Array.from({ length: 100 }, (_, index) => cluster.say("master", `word ${index}`));
    for (const word of words) cluster.give("cluster1", word);
    expect(cluster.refused.get("cluster1")).toEqual(Array.from({ length: 36 }, () => "stale-epoch"));
  });

  it("works among three, each with a key of its own", async () => {
    await cluster.close();
    cluster = new SealedCluster();
    const names = ["master", "cluster1", "third"];
    await cluster.prepare(...names);
    for (const name of names) await cluster.start(name);
    cluster.meet();
    for (const name of names) cluster.say(name, "again");
    for (const name of names)
      expect(cluster.taken.get(name)?.toSorted()).toEqual(
        names
          .filter((other) => other !== name)
          .map((other) => `${other}: again`)
          .toSorted(),
      );
  });
});
