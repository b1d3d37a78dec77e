import { describe, expect, it } from "vitest";
import { countVotes, type Vote } from "./votes.js";

const COUNT = { questionMs: 1000, marginMs: 100, ours: ["alpha"] };
const yes = (untilMs = 2000): Vote => ({ kind: "granted", untilMs });
const no: Vote = { kind: "held", holder: "bravo", untilMs: 2000 };
const gone: Vote = { kind: "unreachable", reason: "no route" };

describe("the votes of witnesses", () => {
  it.each<readonly [string, number, readonly Vote[], string | undefined]>([
    ["one grants", 1, [yes()], "granted"],
    ["one denies", 1, [no], "denied"],
    ["one is lost", 1, [gone], "unreachable"],
    ["both grant", 2, [yes(), yes()], "granted"],
    ["one grants, one denies", 2, [yes(), no], "denied"],
    ["one grants, one is lost", 2, [yes(), gone], "unreachable"],
    ["one denies, one is lost", 2, [no, gone], "denied"],
    ["both are lost", 2, [gone, gone], "unreachable"],
    ["all grant", 3, [yes(), yes(), yes()], "granted"],
    ["two grant, one denies", 3, [yes(), no, yes()], "granted"],
    ["two grant, one is lost", 3, [gone, yes(), yes()], "granted"],
    ["one grants, two deny", 3, [yes(), no, no], "denied"],
    ["one grants, one denies, one is lost", 3, [yes(), no, gone], "denied"],
    ["one grants, two are lost", 3, [yes(), gone, gone], "unreachable"],
    ["one denies, two are lost", 3, [no, gone, gone], "denied"],
    ["all are lost", 3, [gone, gone, gone], "unreachable"],
    ["two grant, the third is still out", 3, [yes(), yes()], "granted"],
    ["two deny, the third is still out", 3, [no, no], "denied"],
    ["one grants, two are still out", 3, [yes()], undefined],
    ["one denies, two are still out", 3, [no], undefined],
    ["one denies, one is lost, the third cannot change it", 3, [no, gone], "denied"],
    ["two are lost, the third may deny", 3, [gone, gone], undefined],
    ["two of four grant", 4, [yes(), yes(), gone, gone], "unreachable"],
  ])("%s (of %i): %s", (_name, witnesses, votes, kind) => {
    expect(countVotes(votes, { ...COUNT, witnesses })?.kind).toBe(kind);
  });

  it("hold as long as a majority of the leases do, less the margin", () => {
    expect(countVotes([yes(2000)], { ...COUNT, witnesses: 1 })).toEqual({ kind: "granted", forMs: 900 });
    const three = [yes(1500), yes(3000), yes(2000)];
    expect(countVotes(three, { ...COUNT, witnesses: 3 })).toEqual({ kind: "granted", forMs: 900 });
  });

  it("are none when what is granted is over within the margin", () => {
    expect(countVotes([yes(1100)], { ...COUNT, witnesses: 1 })?.kind).toBe("unreachable");
  });

  it("of a witness that a node of this side holds count for this side, to the same end", () => {
    const ours = ["alpha", "bravo"];
    expect(countVotes([no], { ...COUNT, ours, witnesses: 1 })).toEqual({ kind: "granted", forMs: 900 });
  });
});
