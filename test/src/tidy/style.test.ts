import { describe, expect, it } from "vitest";
import { files, matches, sources } from "./repository.js";
import { commentsMatching, linesWithAny, onlyExports, opensWithComment } from "./syntax.js";

const MAX_LINES = 300;
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/;
const EMPTY_WORDS = /(^|-)(util|utils|helper|helpers|types|manager|managers|misc|common)(-|\.|$)/;
const code = files.filter(({ path }) => /\.(ts|mjs|cjs)$/.test(path));

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

describe("style", () => {
  it("sees the project", () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.some(({ path }) => path === "core/src/ports/token.ts")).toBe(true);
  });

  it(`keeps every source file within ${MAX_LINES} lines`, () => {
    const long = code
      .map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
      .filter(({ lines }) => lines > MAX_LINES);
    expect(long).toEqual([]);
  });

  it("names files in kebab-case", () => {
    expect(
      code.map(({ path }) => path).filter((path) => !KEBAB.test(baseName(path).replace(/^\./, ""))),
    ).toEqual([]);
  });

  it("has no file whose name says nothing", () => {
    expect(code.map(({ path }) => path).filter((path) => EMPTY_WORDS.test(baseName(path)))).toEqual([]);
  });

  it("says at the top of each file why it exists", () => {
    const silent = sources
      .filter(({ path }) => !/\.(test|lab)\.ts$/.test(path))
      .filter((file) => !onlyExports(file) && !opensWithComment(file));
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it("does without the type any", () => {
    expect(sources.flatMap((file) => linesWithAny(file))).toEqual([]);
  });

  it("leaves no notes to self", () => {
    const note = /\b(TODO|FIXME|XXX|HACK)\b/;
    expect(sources.flatMap((file) => commentsMatching(file, note))).toEqual([]);
  });

  it("has no time limit that Node 20 may collect: core/src/ports/time-limit.ts", () => {
    const shipped = sources.filter(({ path }) => !/\.(test|lab|hosts|interop)\.ts$|^test\//.test(path));
    expect(matches(shipped, /^(?! \*)[^/]*AbortSignal\.timeout\(/)).toEqual([]);
  });

  it("runs every test", () => {
    const left = /\b(it|test|describe|suite)(\.\w+)*\.(only|skip|todo)\b|\b(xit|fit|xdescribe|fdescribe)\(/;
    const tests = sources.filter(
      ({ path }) => /\.(test|lab)\.ts$/.test(path) && !path.startsWith("test/src/tidy/"),
    );
    expect(matches(tests, left)).toEqual([]);
  });

  it("does not switch the compiler off, nor the linter without a reason and for more than a line", () => {
    const others = code.filter(({ path }) => !path.startsWith("test/src/tidy/"));
    const reasoned = /lint-disable-next-line [\w/-]+ -- \w/;
    const switched = matches(others, /@ts-(ignore|nocheck|expect-error)|(oxlint|eslint)-disable/);
    expect(switched.filter((line) => !reasoned.test(line))).toEqual([]);
  });
});
