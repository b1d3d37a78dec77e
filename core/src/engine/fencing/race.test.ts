import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_RULES } from "./fence-case.js";
import { headStartMs, isTurnOf, type Race } from "./race.js";

const ORDER = ["master", "cluster1"] as const;
const RULES = { ...DEFAULT_RULES, priorityDelayMs: 5000 };

/** As `by` sees it, after the two have lost each other. */
function race(by: "master" | "cluster1", groupsHere: number, groupsThere: number | undefined): Race {
  const victim = by === "master" ? "cluster1" : "master";
  return { victim, order: ORDER, living: [by], groupsHere, groupsThere, idle: groupsThere === 0 };
}

describe("the head start", () => {
  it("goes to the node that runs more groups", () => {
    expect(headStartMs(race("cluster1", 2, 1), RULES)).toBe(0);
    expect(headStartMs(race("master", 1, 2), RULES)).toBe(5000);
  });

  it("goes to the first of the configuration when both run as many, or have never heard each other", () => {
    expect(headStartMs(race("master", 1, 1), RULES)).toBe(0);
    expect(headStartMs(race("cluster1", 1, 1), RULES)).toBe(5000);
    expect(headStartMs(race("master", 0, undefined), RULES)).toBe(5000);
    expect(headStartMs(race("cluster1", 0, undefined), RULES)).toBe(10_000);
  });

  it("is never the same for both sides, however the groups and a common delay lie", () => {
    fc.assert(
      fc.property(fc.nat(5), fc.nat(5), fc.integer({ min: 1, max: 9000 }), (one, other, delayMs) => {
        const rules = { ...RULES, delayMs: { master: delayMs, cluster1: delayMs } };
        const master = headStartMs(race("master", one, other), rules);
        const cluster1 = headStartMs(race("cluster1", other, one), rules);
        expect(Math.abs(master - cluster1)).toBe(5000);
        expect(one !== other && master < cluster1).toBe(one > other);
      }),
    );
  });

  it("adds what the configuration says of the node that would be fenced", () => {
    const rules = { ...RULES, delayMs: { master: 3000 } };
    expect(headStartMs(race("cluster1", 0, 1), rules)).toBe(8000);
    expect(headStartMs(race("master", 1, 0), rules)).toBe(0);
  });

  it("is the majority's, whatever the others run", () => {
    const order = ["one", "two", "three"];
    const majority = {
      victim: "three",
      order,
      living: ["one", "two"],
      groupsHere: 0,
      groupsThere: 4,
      idle: false,
    };
    expect(headStartMs(majority, RULES)).toBe(0);
    const alone = { victim: "one", order, living: ["three"], groupsHere: 4, groupsThere: 1, idle: false };
    expect(headStartMs(alone, RULES)).toBe(5000);
  });
});

describe("whose turn it is", () => {
  const living = ["one", "two", "three"];

  it("is the first living node's, then the next one's when that has failed or let its time go by", () => {
    expect(isTurnOf("one", living, new Set(), 0)).toBe(true);
    expect(isTurnOf("two", living, new Set(), 0)).toBe(false);
    expect(isTurnOf("two", living, new Set(["one"]), 0)).toBe(true);
    expect(isTurnOf("two", living, new Set(), 1)).toBe(true);
    expect(isTurnOf("three", living, new Set(), 1)).toBe(false);
  });

  it("is everybody's when all have failed", () => {
    for (const self of living) expect(isTurnOf(self, living, new Set(living), 0)).toBe(true);
  });
});
