import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countVotes, votesOf, type Count, type TieBreaker } from "./votes.js";

const FOUR = ["alpha", "bravo", "charlie", "delta"];

describe("the votes of a side", () => {
  it.each<readonly [string, Record<string, number>, readonly string[], TieBreaker, Count]>([
    ["three of four", {}, ["alpha", "bravo", "delta"], [], "won"],
    ["half without a tie-breaker", {}, ["alpha", "bravo"], [], "tied"],
    ["the half with the lowest name", {}, ["alpha", "delta"], "lowest", "won"],
    ["the half without the lowest name", {}, ["bravo", "charlie"], "lowest", "lost"],
    ["the half with the first of the list", {}, ["charlie", "delta"], ["delta", "alpha"], "won"],
    ["the half with the second of the list only", {}, ["alpha", "bravo"], ["delta", "alpha"], "lost"],
    ["a name of the list that is no node is passed over", {}, ["alpha", "bravo"], ["gone", "alpha"], "won"],
    ["one heavy node against three", { alpha: 4 }, ["alpha"], [], "won"],
    ["three against one heavy node", { alpha: 4 }, ["bravo", "charlie", "delta"], [], "lost"],
    ["a node without a vote adds nothing", { delta: 0 }, ["alpha", "delta"], [], "lost"],
    ["a node without a vote breaks no tie", { alpha: 0, bravo: 2 }, ["alpha", "bravo"], "lowest", "won"],
    ["less than half has no tie to break", {}, ["alpha"], "lowest", "lost"],
    ["nobody weighs anything", { alpha: 0, bravo: 0, charlie: 0, delta: 0 }, FOUR, "lowest", "lost"],
    ["a stranger does not count", {}, ["alpha", "zulu", "yankee"], [], "lost"],
    ["a name said twice counts once", {}, ["alpha", "alpha", "alpha"], [], "lost"],
  ])("%s", (_name, weights, side, tieBreaker, count) => {
    expect(countVotes(votesOf(FOUR, weights, 1), side, tieBreaker)).toBe(count);
  });

  it("are never enough for two sides that have no node in common", () => {
    const cluster = fc.record({
      weights: fc.array(fc.nat(5), { minLength: 1, maxLength: 9 }),
      sides: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 9, maxLength: 9 }),
      tieBreaker: fc.oneof(
        fc.constant<TieBreaker>("lowest"),
        fc.shuffledSubarray(["n0", "n1", "n2", "n3", "n8"]),
      ),
    });
    fc.assert(
      fc.property(cluster, ({ weights, sides, tieBreaker }) => {
        const votes = new Map(weights.map((weight, index) => [`n${index}`, weight]));
        const counts = [0, 1, 2].map((side) =>
          countVotes(
            votes,
            [...votes.keys()].filter((_, index) => sides[index] === side),
            tieBreaker,
          ),
        );
        expect(counts.filter((count) => count === "won").length).toBeLessThan(2);
        const isDecided = tieBreaker === "lowest" && weights.some((weight) => weight > 0);
        expect(isDecided && counts.includes("tied")).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});
