// What somebody on the wire can do: nothing that he sends becomes a message, whatever he has recorded or can compute.
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SecretKey } from "./node-key.js";
import { SealedCluster, twoNodes } from "./testing/sealed-cluster.js";

let cluster: SealedCluster;
beforeEach(async () => {
  cluster = await twoNodes();
});
afterEach(() => cluster.close());

/** What `cluster1` takes in while `act` happens. */
function takenDuring(act: () => void): readonly string[] {
  const before = cluster.taken.get("cluster1")?.length ?? 0;
  act();
  return cluster.taken.get("cluster1")?.slice(before) ?? [];
}

describe("recorded frames", () => {
  it("are refused when they come again", () => {
    const frames = Array.from({ length: 30 }, (_, index) => cluster.say("master", `word ${index}`));
    expect(takenDuring(() => frames.forEach((frame) => cluster.give("cluster1", frame)))).toEqual([]);
    expect(cluster.refused.get("cluster1")).toEqual(frames.map(() => "replayed"));
  });

  it("are refused after their sender has started anew", async () => {
    const old = Array.from({ length: 20 }, (_, index) => cluster.say("master", `word ${index}`));
    old.push(...Array.from({ length: 5 }, () => cluster.node("master").seal(Buffer.from("unsent"), "peers")));
    await cluster.start("master");
    cluster.say("master", "back");
    expect(cluster.taken.get("cluster1")?.at(-1)).toBe("master: back");
    expect(
      takenDuring(() => {
        for (const frame of old) cluster.give("cluster1", frame);
        cluster.clock.advance(10_000);
        for (const frame of old) cluster.give("cluster1", frame);
      }),
    ).toEqual([]);
    // And the node that is alive is not disturbed.
    expect(takenDuring(() => cluster.say("master", "still here"))).toEqual(["master: still here"]);
  });

  it("are refused after their receiver has started anew, although it remembers nothing", async () => {
    for (let index = 0; index < 20; index += 1) cluster.say("master", `word ${index}`);
    const old = cluster.captured.filter(({ from }) => from === "master").map(({ bytes }) => bytes);
    cluster.cut.add("master");
    await cluster.start("cluster1");
    for (const frame of [...old, ...old]) cluster.give("cluster1", frame);
    cluster.clock.advance(60_000);
    for (const frame of old) cluster.give("cluster1", frame);
    expect(cluster.taken.get("cluster1")).toEqual([]);
    cluster.cut.delete("master");
    for (const word of ["alive", "and well"]) {
      cluster.say("master", word);
      cluster.clock.advance(100);
    }
    expect(cluster.taken.get("cluster1")?.at(-1)).toBe("master: and well");
    for (const frame of [...old, ...old]) cluster.give("cluster1", frame);
    expect(cluster.taken.get("cluster1")?.filter((text) => text.includes("word"))).toEqual([]);
    expect(cluster.refused.get("cluster1")).toContain("replayed");
  });

  it("cannot keep a node out that starts anew, however many are played", async () => {
    const old = Array.from({ length: 20 }, (_, index) => cluster.say("master", `word ${index}`));
    await cluster.start("master");
    for (let round = 0; round < 50; round += 1) for (const frame of old) cluster.give("cluster1", frame);
    cluster.clock.advance(1000);
    for (const frame of old) cluster.give("cluster1", frame);
    expect(takenDuring(() => cluster.say("master", "back"))).toEqual(["master: back"]);
  });

  it("make a node talk at a bounded rate only", async () => {
    const old = Array.from({ length: 500 }, () => cluster.node("master").seal(Buffer.from("x"), "peers"));
    await cluster.start("cluster1");
    cluster.cut.add("master");
    const before = cluster.captured.length;
    for (const frame of old) cluster.give("cluster1", frame);
    expect(cluster.captured.length - before).toBeLessThan(20);
  });

  it("stay refused when the wall clock is set an hour back or forth", async () => {
    const old = cluster.say("master", "noon");
    for (const hours of [-1, 2]) {
      cluster.clock.stepWall(hours * 3_600_000);
      expect(takenDuring(() => cluster.give("cluster1", old))).toEqual([]);
      expect(takenDuring(() => cluster.say("master", `at ${hours}`))).toEqual([`master: at ${hours}`]);
      await cluster.start("master");
      expect(takenDuring(() => cluster.say("master", "anew"))).toEqual(["master: anew"]);
    }
  });
});

describe("forged frames", () => {
  it("are refused whichever byte is another", () => {
    const genuine = cluster.node("master").seal(Buffer.from("genuine"), "peers");
    for (let index = 0; index < genuine.length; index += 1) {
      const altered = Uint8Array.from(genuine);
      altered[index] = (altered[index] ?? 0) ^ 1;
      expect(cluster.give("cluster1", altered).ok).toBe(false);
    }
    expect(takenDuring(() => cluster.give("cluster1", genuine))).toEqual(["master: genuine"]);
  });

  it("are refused however much is cut off or added", () => {
    const genuine = cluster.node("master").seal(Buffer.from("genuine"), "peers");
    for (let length = 0; length < genuine.length; length += 1)
      expect(cluster.give("cluster1", genuine.subarray(0, length)).ok).toBe(false);
    expect(cluster.give("cluster1", Buffer.concat([genuine, Uint8Array.of(0)])).ok).toBe(false);
  });

  it("never throw and never become a message, whatever their bytes are", () => {
    const genuine = [1, 2, 3].map(() => cluster.node("master").seal(Buffer.from("genuine"), "peers"));
    const changed = fc
      .tuple(
        fc.constantFrom(...genuine),
        fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 1, max: 255 })), { minLength: 1 }),
      )
      .map(([frame, changes]) => {
        const bytes = Uint8Array.from(frame);
        for (const [at, bits] of changes) bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ bits;
        return bytes;
      })
      .filter((bytes) => !genuine.some((frame) => Buffer.from(frame).equals(bytes)));
    const headed = fc
      .uint8Array({ maxLength: 600 })
      .map((rest) => Buffer.concat([Buffer.from("SEA1"), rest]));
    const spliced = fc
      .tuple(fc.nat(250), fc.nat(250))
      .map(([one, other]) =>
        Buffer.concat([
          (genuine[0] ?? Buffer.alloc(0)).subarray(0, one),
          (genuine[1] ?? Buffer.alloc(0)).subarray(other),
        ]),
      )
      .filter((bytes) => !genuine.some((frame) => Buffer.from(frame).equals(bytes)));
    fc.assert(
      fc.property(fc.oneof(changed, headed, spliced, fc.uint8Array({ maxLength: 2000 })), (bytes) => {
        expect(takenDuring(() => cluster.give("cluster1", bytes))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it("are refused from a foreign cluster, and from a node that has not got this one's key", async () => {
    const foreign = new SealedCluster();
    await foreign.prepare("master", "cluster1");
    await foreign.start("master");
    expect(cluster.give("cluster1", foreign.node("master").seal(Buffer.from("x"), "peers"))).toEqual({
      ok: false,
      reason: "unknown-key",
    });
    await foreign.close();
  });
});

describe("a leaked key", () => {
  it("lets its holder speak as its own node only", async () => {
    await cluster.directory("master").writePublic("third", [SecretKey.generate().public]);
    // The holder of cluster1's key says that it is master: it has no way to, for what it seals is cluster1's.
    const opening = cluster.give("master", cluster.node("cluster1").seal(Buffer.from("src=master"), "peers"));
    expect(opening).toMatchObject({ ok: true, messages: [{ node: "cluster1" }] });
  });

  it("does not let a receiver forge for another receiver what it has opened", async () => {
    const three = new SealedCluster();
    await three.prepare("master", "cluster1", "third");
    for (const name of ["master", "cluster1", "third"]) await three.start(name);
    three.meet();
    const frame = Buffer.from(three.node("master").seal(Buffer.from("for both"), "peers"));
    // Whoever knows the content key can make another body; the slots of the others still cover the first one.
    const body = frame.subarray(37 + 2 * 72);
    for (let index = 0; index < body.length; index += 1) {
      const altered = Buffer.from(frame);
      altered[37 + 2 * 72 + index] = (body[index] ?? 0) ^ 0x40;
      expect(three.give("third", altered)).toEqual({ ok: false, reason: "mismatch" });
    }
    expect(three.give("third", frame).ok).toBe(true);
    await three.close();
  });
});
