// The branches of a file as a person wrote them, and which of them were run through.
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import { convert, type Options as ConvertOptions } from "ast-v8-to-istanbul";
import { parseAst } from "rolldown/parseAst";
import { ROOT } from "../from-source.js";
import type { ScriptCoverage } from "./recorder.js";

export interface Branch {
  /** From the root of the repository. */
  readonly file: string;
  readonly line: number;
  readonly kind: "function" | "then" | "else" | "if true" | "if false" | "operand" | "case" | "default";
  /** What stands there, on one line: with the kind, the name of the branch in its file. */
  readonly text: string;
  readonly reached: boolean;
  /** Within another one that was not reached either: nothing to be told of its own. */
  readonly inner: boolean;
}

type Options = ConvertOptions<object, object>;
type Converted = Pick<
  Awaited<ReturnType<typeof convert>>[string],
  "path" | "fnMap" | "f" | "branchMap" | "b"
>;
type Range = Converted["branchMap"][string]["loc"];

const LONGEST_TEXT = 100;
const KINDS: Readonly<Record<string, readonly Branch["kind"][]>> = {
  if: ["then", "else"],
  "cond-expr": ["if true", "if false"],
  "binary-expr": [],
  switch: [],
  "default-arg": ["default"],
};

/** `made`: the path of a file that `tsc` has made, with its map beside it. `counts`: of each thread that has loaded it. */
export async function branchesOf(
  made: string,
  counts: readonly ScriptCoverage[],
): Promise<readonly Branch[]> {
  const code = readFileSync(made, "utf8");
  // What a file's map says is what `convert` takes it for: both are source maps of the third version.
  const sourceMap = JSON.parse(readFileSync(`${made}.map`, "utf8")) as NonNullable<Options["sourceMap"]>;
  const url = pathToFileURL(made).href;
  const each = counts.length === 0 ? [{ url, functions: [] }] : counts;
  const files: Converted[] = [];
  for (const coverage of each)
    files.push(
      ...Object.values(await convert({ code, sourceMap, coverage, ast: parseAst(code) as Options["ast"] })),
    );
  const [first] = files;
  return first === undefined ? [] : told(files.reduce(together));
}

/** Both are of the same file. */
function together(one: Converted, other: Converted): Converted {
  const f = mapped(one.f, (times, id) => times + (other.f[id] ?? 0));
  const b = mapped(one.b, (arms, id) => arms.map((times, index) => times + (other.b[id]?.[index] ?? 0)));
  return { ...one, f, b };
}

function mapped<Value>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value, key: string) => Value,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}

interface Arm {
  readonly kind: Branch["kind"];
  readonly reached: boolean;
  /** Where it is shown. */
  readonly at: Range;
  /** What lies within it; undefined: nothing, as in an `else` that is not written. */
  readonly covers: Range | undefined;
  /** What lies in `covers` and yet not within it. */
  readonly but?: Range | undefined;
}

function told(converted: Converted): readonly Branch[] {
  const lines = readFileSync(converted.path, "utf8").split("\n");
  const file = relative(ROOT, converted.path);
  const arms = [...functionsOf(converted), ...armsOf(converted)];
  const missed = arms.filter(({ reached }) => !reached);
  return arms.map((arm) => ({
    file,
    line: arm.at.start.line,
    kind: arm.kind,
    text: textAt(lines, arm),
    reached: arm.reached,
    inner: missed.some((other) => other !== arm && holds(other, arm)),
  }));
}

function functionsOf({ fnMap, f }: Converted): readonly Arm[] {
  return Object.entries(fnMap).map(([id, { decl, loc }]) => ({
    kind: "function",
    reached: (f[id] ?? 0) > 0,
    at: decl,
    covers: loc,
  }));
}

function armsOf({ branchMap, b }: Converted): readonly Arm[] {
  return Object.entries(branchMap).flatMap(([id, { type, loc, locations }]) =>
    locations.map((location, index): Arm => {
      const kind = KINDS[type]?.[index] ?? (type === "switch" ? "case" : "operand");
      const reached = (b[id]?.[index] ?? 0) > 0;
      if (kind === "then") return { kind, reached, at: loc, covers: loc, but: written(locations[1]) };
      if (kind === "else") return { kind, reached, at: loc, covers: written(location) };
      return { kind, reached, at: location, covers: location };
    }),
  );
}

/** What is not written has no lines. */
function written(range: Range | undefined): Range | undefined {
  return (range?.start as Partial<Range["start"]> | undefined)?.line === undefined ? undefined : range;
}

function textAt(lines: readonly string[], { kind, at }: Arm): string {
  const whole = kind === "function" || kind === "then" || kind === "else";
  const { start, end } = at;
  const [first = "", ...others] = lines.slice(start.line - 1, whole ? start.line : end.line);
  const last = others.pop();
  const text =
    last === undefined
      ? first.slice(whole ? 0 : start.column, whole ? undefined : end.column)
      : [first.slice(start.column), ...others, last.slice(0, end.column)].join(" ");
  return text.replaceAll(/\s+/g, " ").trim().slice(0, LONGEST_TEXT);
}

function holds(outer: Arm, inner: Arm): boolean {
  if (outer.covers === undefined || !within(inner.at, outer.covers)) return false;
  if (outer.but !== undefined && within(inner.at, outer.but)) return false;
  // Two arms of one `if` are shown at the same place, and none is within the other.
  return outer.at !== inner.at;
}

function within({ start, end }: Range, outer: Range): boolean {
  return !isBefore(start, outer.start) && !isBefore(outer.end, end);
}

function isBefore(one: Range["start"], other: Range["start"]): boolean {
  return one.line < other.line || (one.line === other.line && one.column < other.column);
}
