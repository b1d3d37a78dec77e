import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { LONG } from "../longest-first.js";

it("the list of long test files names files that are there, each once", () => {
  expect(LONG.filter((name) => !existsSync(new URL(`../${name}`, import.meta.url)))).toEqual([]);
  expect(new Set(LONG).size).toBe(LONG.length);
});
