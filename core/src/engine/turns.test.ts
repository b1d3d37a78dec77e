// Two machines that answer each other: what one has said is passed on whole before it is told the next thing.
import { expect, it } from "vitest";
import { inTurn, type Turns } from "./turns.js";

it("tells a machine nothing new in the middle of its own answer", () => {
  const turns: Turns<string> = { taken: false, waiting: [] };
  const written: string[] = [];
  const told = (input: string): void =>
    inTurn(turns, input, (next) => {
      // What the first half of the answer leads to comes back to the same machine.
      if (next === "first") told("second");
      written.push(`all of the answer to ${next}`);
    });
  told("first");
  expect(written).toEqual(["all of the answer to first", "all of the answer to second"]);
  told("third");
  expect(written).toHaveLength(3);
});
