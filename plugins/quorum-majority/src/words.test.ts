import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Ballot, Electorate } from "./electorate.js";
import { parseBallot, parseWord, textOf, type Word } from "./words.js";

const name = fc.oneof(
  fc.constantFrom("alpha", "bravo", "__proto__", "näher"),
  fc.string({ minLength: 1, maxLength: 9 }),
);
const electorate: fc.Arbitrary<Electorate> = fc.record({
  number: fc.integer({ min: 1, max: 1_000_000 }),
  votes: fc.uniqueArray(fc.tuple(name, fc.nat(1000)), { minLength: 1, maxLength: 6, selector: ([key]) => key }).map((all) => new Map(all)), // prettier-ignore
});
const ballot: fc.Arbitrary<Ballot> = fc.record({
  settled: fc.option(electorate, { nil: undefined }),
  open: fc.array(electorate, { maxLength: 4 }),
});
const id = fc.uuid();
const believedForMs = fc.nat(60_000);
const word: fc.Arbitrary<Word> = fc.oneof(
  fc.record({ op: fc.constant("ask" as const), id, side: fc.array(name, { maxLength: 5 }), believedForMs }),
  fc.record({ op: fc.constant("answer" as const), id, ballot, seenAll: fc.boolean() }),
  fc.record({
    op: fc.constant("try" as const),
    id,
    believedForMs,
    attempt: fc.record({ electorate, over: ballot }),
  }),
  fc.record({ op: fc.constant("accepted" as const), id }),
  fc.record({ op: fc.constant("settled" as const), electorate }),
);

describe("a word to another node", () => {
  it("comes back as it was, in ASCII", () => {
    fc.assert(
      fc.property(word, (said) => {
        const text = textOf(said);
        expect(text).toMatch(/^[\x20-\x7f]*$/);
        expect(parseWord(text)).toEqual(said);
      }),
      { numRuns: 300 },
    );
  });

  it("that is kept comes back as it was", () => {
    fc.assert(
      fc.property(ballot, (kept) => {
        expect(parseBallot(textOf(kept))).toEqual(kept);
      }),
      { numRuns: 100 },
    );
  });

  it("that is not understood is nothing", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseWord(text)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    `{"op":"ask","id":"","side":[],"believedForMs":1}`,
    `{"op":"ask","id":"a","side":["alpha"],"believedForMs":-1}`,
    `{"op":"ask","id":"a","side":[""],"believedForMs":1}`,
    `{"op":"answer","id":"a","ballot":{"open":[]}}`,
    `{"op":"answer","id":"a","ballot":{"open":[{"number":0,"votes":[["a",1]]}]},"seenAll":true}`,
    `{"op":"settled","electorate":{"number":1,"votes":[["a",1],["a",1]]}}`,
    `{"op":"settled","electorate":{"number":1,"votes":[["a",-1]]}}`,
    `{"op":"settled","electorate":{"number":1.5,"votes":[["a",1]]}}`,
    `{"op":"settled","electorate":{"number":1,"votes":[]}}`,
    `{"op":"try","id":"a","believedForMs":1,"attempt":{"electorate":{"number":1,"votes":[["a",1]]}}}`,
  ])("%s is nothing", (text) => {
    expect(parseWord(text)).toBeUndefined();
  });
});
