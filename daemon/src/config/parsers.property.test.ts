import fc from "fast-check";
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

/** Places that exist in the text. */
function checkPlaces(
  source: string,
  problems: readonly { line: number; column: number; message: string }[],
): void {
  const lines = source.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  for (const problem of problems) {
    expect(problem.message).not.toBe("");
    if (problem.line === 0) expect(problem.column).toBe(0);
    else expect((lines[problem.line - 1] ?? "").length).toBeGreaterThanOrEqual(problem.column - 1);
  }
}

describe("whatever the text is", () => {
  it("parseHaCf answers with places inside it", () => {
    fc.assert(
      fc.property(text, (source) => checkPlaces(source, parseHaCf(source, "f").problems)),
      { numRuns: 500 },
    );
  });

  it("parseAuthKeys answers with places inside it", () => {
    fc.assert(
      fc.property(text, (source) => checkPlaces(source, parseAuthKeys(source, "f").problems)),
      {
        numRuns: 500,
      },
    );
  });

  it("parseHaResources answers with places inside it, and every resource resolves or is explained", () => {
    const lookup = { resourceDirectory: "/r", initDirectory: "/i", isExecutableFile: () => false };
    fc.assert(
      fc.property(text, (source) => {
        const { value, problems } = parseHaResources(source, "f");
        checkPlaces(source, problems);
        for (const { resources } of value) {
          for (const resource of resources) {
            const found = resolveResource(resource.text, lookup);
            if (!found.ok) expect(found.message).not.toBe("");
          }
        }
      }),
      { numRuns: 500 },
    );
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
