// The parts that decide without a broker: topics, what a message is, how long to wait, what a packet claims, why it ended.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BackOff } from "./back-off.js";
import { endingOf, type EndingFacts } from "./ending.js";
import { judgeMessage } from "./incoming.js";
import { MAX_FRAME_BYTES, RECONNECT_PAUSES, STEADY_AFTER_MS } from "./limits.js";
import { PacketGauge } from "./packet-gauge.js";
import { clusterProblem, isFitForTopic, prefixProblem, topicsOf } from "./topics.js";

describe("topics", () => {
  const topics = topicsOf("site/systole", "shop", "alpha");

  it("are one a node, and one subscription for all", () => {
    expect(topics.own).toBe("site/systole/shop/alpha");
    expect(topics.all).toBe("site/systole/shop/+");
    expect(topics.nodeOf("site/systole/shop/BETA")).toBe("beta");
    for (const foreign of [
      "site/systole/shop",
      "site/systole/shop/",
      "site/systole/shop/a/b",
      "site/systole/shop2/a",
      "$SYS/x",
    ])
      expect(topics.nodeOf(foreign)).toBeUndefined();
  });

  it("have no wildcards in them, whoever is called what", () => {
    for (const prefix of [
      "",
      "/a",
      "a/",
      "a//b",
      "a/+",
      "#",
      "$share/x",
      "a\u0000b",
      "a/b/c/d/e/f/g",
      "a".repeat(200),
    ])
      expect(prefixProblem(prefix)).toBeDefined();
    for (const cluster of ["", "a/b", "a+", "#", "a\nb", "a".repeat(65)])
      expect(clusterProblem(cluster)).toBeDefined();
    for (const node of ["", "a/b", "+", "a#"]) expect(isFitForTopic(node)).toBe(false);
    for (const good of ["a/b/c/d/e/f", "systole", "büro"]) expect(prefixProblem(good)).toBeUndefined();
    expect(clusterProblem("linux-ha")).toBeUndefined();
    expect(isFitForTopic("node-1.example_2")).toBe(true);
  });
});

describe("what a message is", () => {
  const topics = topicsOf("systole", "shop", "alpha");
  const judge = (node: string, bytes: number, retained = false) => {
    const topic = node.includes("/") ? node : `systole/shop/${node}`;
    const incoming = judgeMessage({ topic, payload: new Uint8Array(bytes), retained }, topics);
    return incoming.kind === "refused" ? incoming.reason : incoming.kind;
  };

  it("is told by its topic, its length and whether it was kept", () => {
    expect(judge("beta", 10)).toBe("frame");
    expect(judge("beta", 0)).toBe("will");
    expect(judge("alpha", 10)).toBe("frame");
    expect(judge("beta", MAX_FRAME_BYTES)).toBe("frame");
    expect(judge("beta", MAX_FRAME_BYTES + 1)).toBe("oversized");
    expect(judge("systole/other/beta", 10)).toBe("foreign-topic");
  });

  it("is never believed when the broker had kept it, not even as a hint", () => {
    expect(judge("beta", 10, true)).toBe("retained");
    expect(judge("beta", 0, true)).toBe("retained");
  });
});

describe("the pause before connecting again", () => {
  it("doubles, is bounded, and is at least half of itself", () => {
    const [longest, shortest] = [new BackOff(() => 1), new BackOff(() => 0)];
    const pauses = Array.from({ length: 8 }, () => longest.pauseMs(0));
    expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    expect(Array.from({ length: 8 }, () => shortest.pauseMs(0))).toEqual(pauses.map((ms) => ms / 2));
    for (let more = 0; more < 5000; more += 1) expect(longest.pauseMs(0)).toBe(RECONNECT_PAUSES.longestMs);
  });

  it("is short again after a connection that lasted, and not after one that was merely accepted", () => {
    const backOff = new BackOff(() => 1);
    for (let more = 0; more < 5; more += 1) backOff.pauseMs(0);
    expect(backOff.pauseMs(20)).toBe(8000);
    expect(backOff.pauseMs(STEADY_AFTER_MS)).toBe(250);
    expect(backOff.pauseMs(STEADY_AFTER_MS, true)).toBe(RECONNECT_PAUSES.longestMs);
  });
});

/** A packet's head: type and length as the protocol writes them. */
function headOf(length: number): number[] {
  const bytes = [0x30];
  let rest = length;
  do {
    const digit = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? digit | 0x80 : digit);
  } while (rest > 0);
  return bytes;
}

describe("the lengths that packets claim", () => {
  it("are read however the bytes arrive, and nothing within the bound is cut off", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 12 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 90 })),
        (lengths, cuts) => {
          // 0xff inside, which would be a length if the gauge lost its place.
          const bytes = Uint8Array.from(
            lengths.flatMap((length) => [...headOf(length), ...Array.from({ length }, () => 0xff)]),
          );
          const gauge = new PacketGauge(400);
          for (let at = 0; at < bytes.length;) {
            const size = cuts.next().value;
            expect(gauge.feed(bytes.subarray(at, at + size))).toBeUndefined();
            at += size;
          }
        },
      ),
    );
  });

  it("are refused when they are too large, before anything comes", () => {
    expect(new PacketGauge(400).feed(Uint8Array.from(headOf(401)))).toBe(401);
    expect(new PacketGauge(400).feed(Uint8Array.from(headOf(268_435_455)))).toBeGreaterThan(400);
    expect(new PacketGauge(2 ** 30).feed(Uint8Array.of(0x30, 0x80, 0x80, 0x80, 0x80, 0x01))).toBeDefined();
  });
});

describe("why a connection ended", () => {
  const ending = (facts: Partial<EndingFacts>) =>
    endingOf({
      topic: "t",
      clientId: "id-1",
      wasOpen: true,
      livedMs: 60_000,
      reasonCode: undefined,
      error: undefined,
      ...facts,
    });

  it.each([
    [{ reasonCode: 142 }, /another client .* client id id-1/, true],
    [{ reasonCode: 1, wasOpen: false }, /version: "3\.1\.1"/, true],
    [{ reasonCode: 132, wasOpen: false }, /version/, true],
    [{ reasonCode: 2, wasOpen: false }, /clientId/, true],
    [{ reasonCode: 4, wasOpen: false }, /user and password/, true],
    [{ reasonCode: 134, wasOpen: false }, /user and password/, true],
    [{ reasonCode: 135, wasOpen: false }, /read and write t/, true],
    [{ error: "connect ECONNREFUSED" }, /ECONNREFUSED/, false],
    [{}, /^the broker closed the connection$/, false],
    [{ livedMs: 20 }, /another client may have the client id id-1/, false],
    [{ wasOpen: false, livedMs: 0 }, /before it accepted it/, false],
    [{ reasonCode: 151 }, /with reason 151/, false],
  ])("%o", (facts, reason, waitLongest) => {
    expect(ending(facts).reason).toMatch(reason);
    expect(ending(facts).waitLongest).toBe(waitLongest);
  });
});
