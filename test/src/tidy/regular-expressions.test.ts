import { analyse } from "scslre";
import { expect, it } from "vitest";
import { matches, sources } from "./repository.js";
import { regularExpressions } from "./syntax.js";

/** What takes longer than its input is long, and why nobody can use that. */
const BOUNDED: ReadonlyMap<string, string> = new Map([
  ["daemon/src/config/shown-line.ts", "lines of at most 1000 characters, of the operator's own files"],
  ["daemon/src/control/run-directory.ts", "a path that the operator has typed"],
  ["daemon/src/plugins/plugin-guard.ts", "a line of a stack that the engine has written"],
]);
/** Expressions that are put together: of words without quantifiers, and of a program's option. */
const BUILT = ["plugins/agent-nginx/src/parameters.ts", "plugins/agent-nginx/src/processes-of.ts"];

const shipped = sources.filter(
  ({ path }) =>
    /^(core|sdk|witness|daemon|plugins)\//.test(path) &&
    !/\.test\.ts$|\/test(kit|ing)\/|templates\//.test(path),
);

/** Looks for one character that can be repeated so that the time grows faster than the text. */
function isSlow(expression: string): boolean {
  const end = expression.lastIndexOf("/");
  const literal = { source: expression.slice(1, end), flags: expression.slice(end + 1) };
  return analyse(literal).reports.length > 0;
}

it("no regular expression takes longer than what it looks at is long", () => {
  const slow = shipped.flatMap((file) =>
    regularExpressions(file)
      .filter(isSlow)
      .map((expression) => ({ path: file.path, expression })),
  );
  expect(slow.filter(({ path }) => !BOUNDED.has(path))).toEqual([]);
  expect([...new Set(slow.map(({ path }) => path))].toSorted()).toEqual([...BOUNDED.keys()].toSorted());
});

it("the analysis knows a slow one when it sees it", () => {
  expect([/^(a+)+$/, /\s*\n\s*/].map(({ source }) => isSlow(`/${source}/`))).toEqual([true, true]);
  expect(isSlow("/^[0-9a-f]{64}$/")).toBe(false);
});

it("no regular expression is put together from what somebody else has written", () => {
  const built = matches(shipped, /new RegExp\(|[^.\w]RegExp\(/).map((line) => line.split(":")[0]);
  expect(built.filter((path) => path !== undefined && !BUILT.includes(path))).toEqual([]);
});
