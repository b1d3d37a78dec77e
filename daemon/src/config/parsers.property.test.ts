import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAuthKeys } from "./authkeys.js";
import { HA_CF_DIRECTIVES, parseHaCf } from "./ha-cf/parse.js";
import { parseHaResources } from "./haresources.js";
import { resolveResource } from "./resolve-resource.js";

const word = fc.oneof(
  fc.constantFrom(...HA_CF_DIRECTIVES),
  fc.constantFrom(
    "eth0",
    "10.0.0.1",
    "225.0.0.1",
    "fe80::1",
    "2",
    "1s",
    "on",
    "auth",
    "sha1",
    "\\",
    "#",
    "::",
    ",",
  ),
  fc.string({ unit: "binary", maxLength: 12 }),
);
const line = fc.array(word, { maxLength: 8 }).map((words) => words.join(" "));
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 400 }),
  fc
    .array(line, { maxLength: 12 })
    .chain((lines) => fc.constantFrom("\n", "\r\n", "\r").map((end) => lines.join(end))),
);

interface Placed {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Problems without a sentence, or with a place that is not in the text. */
function misplaced(source: string, problems: readonly Placed[]): Placed[] {
  const lines = source.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  return problems.filter(({ line, column, message }) => {
    const exists = line === 0 ? column === 0 : (lines[line - 1]?.length ?? -1) >= column - 1;
    return message === "" || !exists;
  });
}

describe("whatever the text is", () => {
  it.each([
    ["ha.cf", parseHaCf],
    ["authkeys", parseAuthKeys],
    ["haresources", parseHaResources],
  ])("%s is read, and problems have places inside it", (_name, parse) => {
    const property = fc.property(text, (source) => {
      expect(misplaced(source, parse(source, "f").problems)).toEqual([]);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it("every resource resolves or is explained", () => {
    const lookup = {
      resourceDirectory: "/r",
      initDirectory: "/i",
      ocfDirectory: "/o",
      unitDirectories: ["/u"],
      isExecutableFile: () => false,
      namesIn: () => [],
    };
    const property = fc.property(text, (source) => {
      const words = parseHaResources(source, "f").value.flatMap((line) => line.resources);
      const found = words.map((resource) => resolveResource(resource.text, lookup));
      expect(found.filter((resolution) => !resolution.ok && resolution.message === "")).toEqual([]);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it("no problem of authkeys repeats a key, wherever on a line it stands", () => {
    const secret = "Xq9Zv7Kp";
    const words = fc.constantFrom(
      secret,
      "auth",
      "1",
      "2",
      "crc",
      "md5",
      "sha1",
      "17",
      `a${secret}`,
      `1${secret}`,
    );
    const lines = fc.array(fc.array(words, { maxLength: 5 }), { maxLength: 6 });
    fc.assert(
      fc.property(lines, (file) => {
        const { problems } = parseAuthKeys(file.map((part) => part.join(" ")).join("\n"), "authkeys");
        expect(JSON.stringify(problems)).not.toContain(secret);
      }),
      { numRuns: 500 },
    );
  });
});
