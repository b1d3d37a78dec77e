import { LIMITS, PLACEMENT_LIMITS } from "@systole/core/engine";
import { expect, it } from "vitest";
import { textOf } from "./repository.js";

it("docs/limits.md names every limit of the engine", () => {
  const page = textOf("docs/limits.md");
  expect(
    Object.keys({ ...LIMITS, ...PLACEMENT_LIMITS }).filter((name) => !page.includes(`\`${name}\``)),
  ).toEqual([]);
});
