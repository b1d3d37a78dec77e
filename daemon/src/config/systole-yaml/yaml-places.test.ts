import { expect, it } from "vitest";
import { parseSystoleYaml } from "./parse.js";

const placesOf = (text: string): readonly string[] =>
  parseSystoleYaml(text, "systole.yaml").problems.map(({ line, column }) => `${line}:${column}`);

it.each([
  ["lines that end as on Unix", "isolation: hold\nnonsense: 1\n", "2:1"],
  ["lines that end as on Windows", "isolation: hold\r\nnonsense: 1\r\n", "2:1"],
  ["a byte order mark", "\uFEFFnonsense: 1\n", "1:1"],
])("a key is found with %s", (_what, text, place) => {
  expect(placesOf(text)).toEqual([place]);
});

it.each(['""\n_\ns:', "? a\n  b\n: - [\n", '"a\n\n b": {\n', "a: 'x\n\n\ny\nb: ["])(
  "no place is beyond its line in %j",
  (text) => {
    const lines = text.split("\n");
    const places = placesOf(text);
    expect(places).not.toEqual([]);
    for (const place of places) {
      const [line = 0, column = 0] = place.split(":").map(Number);
      expect(column - 1).toBeLessThanOrEqual(lines[line - 1]?.length ?? -1);
    }
  },
);
