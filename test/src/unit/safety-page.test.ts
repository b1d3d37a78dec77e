// docs/safety.md speaks of every row of the safety tests, by the names that they have, and of no other.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { SCENARIOS } from "../lab/safety/scenarios.js";
import { SET_UPS } from "../lab/safety/set-up.js";

const PAGE = readFileSync(new URL("../../../docs/safety.md", import.meta.url), "utf8");

/** First and other cells of each row of the first table after `mark`. */
function table(mark: string): readonly (readonly string[])[] {
  const lines = PAGE.slice(PAGE.indexOf(mark)).split("\n");
  const first = lines.findIndex((line) => line.startsWith("|"));
  const rows = lines.slice(
    first,
    lines.findIndex((line, index) => index > first && !line.startsWith("|")),
  );
  return rows
    .filter((_, index) => index !== 1)
    .map((row) => row.split(" | ").map((cell) => cell.replaceAll("|", "").trim()));
}

describe("docs/safety.md", () => {
  it("has the figures of every row and every set-up, in order", () => {
    const [head = [], ...rows] = table("<!-- measured -->");
    expect(head.slice(1)).toEqual(SET_UPS.map(({ title }) => title));
    expect(rows.map(([title]) => title)).toEqual(
      SCENARIOS.flatMap((one) => one.rows.map(({ title }) => title)),
    );
  });

  it("names the test of every line, and every test", () => {
    const named = table("## What holds")
      .slice(1)
      .flatMap((cells) => cells.at(-1)?.match(/(?<=`)[\w-]+(?=`)/g) ?? []);
    expect(named.toSorted()).toEqual(SCENARIOS.map(({ id }) => id).toSorted());
  });
});
