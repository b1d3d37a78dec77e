import { expect, it } from "vitest";
import { rangeAllows } from "./sdk-range.js";

it.each([
  ["0.1.0", "0.1.0", true],
  ["=0.1.0", "0.1.1", false],
  ["^0.1.0", "0.1.9", true],
  ["^0.1.2", "0.1.1", false],
  ["^0.1.0", "0.2.0", false],
  ["^0.0.3", "0.0.4", false],
  ["^1.2", "1.9.0", true],
  ["^1.2.3", "2.0.0", false],
  ["~1.2.3", "1.2.9", true],
  ["~1.2.3", "1.3.0", false],
  ["~1", "1.9.0", true],
  ["1.x", "1.7.2", true],
  ["1", "2.0.0", false],
  ["*", "3.1.4", true],
  ["", "3.1.4", true],
  [">=0.1.0 <0.3.0", "0.2.5", true],
  [">= 0.1.0 < 0.3.0", "0.3.0", false],
  [">0.1", "0.1.7", false],
  [">0.1", "0.2.0", true],
  ["<=0.1", "0.1.7", true],
  ["^0.1.0 || ^0.2.0", "0.2.3", true],
  ["^0.1.0 || ^0.2.0", "0.3.0", false],
])("%j allows %s: %s", (range, version, allowed) => {
  expect(rangeAllows(range, version)).toBe(allowed);
});

it.each(["file:../sdk", "latest", "workspace:*", "1.2.3-beta", "^^1"])("%j is no range", (range) => {
  expect(rangeAllows(range, "0.1.0")).toBeUndefined();
});
