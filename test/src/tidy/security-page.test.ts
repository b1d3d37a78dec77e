import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DOORS } from "../fuzz/doors.js";
import { ROOT, textOf } from "./repository.js";

const names = DOORS.map(({ name }) => name);

/** Rows of the table under a heading, as cells. */
function rowsUnder(page: string, heading: string): readonly (readonly string[])[] {
  const section = textOf(page).split(`## ${heading}\n`)[1]?.split(/^## /m)[0] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| "));
  return rows.slice(1).map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()).slice(1, -1)); // prettier-ignore
}

function quoted(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, word]) => (word === undefined ? [] : [word]));
}

describe("docs/security.md", () => {
  const rows = rowsUnder("docs/security.md", "What others fell over");

  it("names what others fell over, what is done, and where it is tried", () => {
    expect(rows.length).toBeGreaterThanOrEqual(15);
    for (const row of rows) {
      expect(row).toHaveLength(3);
      expect(row[2]).toMatch(/`[^`]+\.(test|lab|interop)\.ts`/);
    }
  });

  it("names tests and targets that exist", () => {
    const tried = rows.flatMap(([, , cell = ""]) => quoted(cell));
    const missing = tried.filter((word) =>
      word.includes("/") ? !existsSync(join(ROOT, word)) : !names.includes(word),
    );
    expect(missing).toEqual([]);
  });
});

describe("docs/fuzzing.md", () => {
  it("names every door with its promise", () => {
    const page = textOf("docs/fuzzing.md");
    const left = DOORS.filter(({ name, promise }) => !page.includes(`| \`${name}\` | ${promise} |`));
    expect(left.map(({ name }) => name)).toEqual([]);
  });
});
