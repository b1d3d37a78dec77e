// A few lines are run, and what is told of their branches is what a person reads in them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { afterEach, beforeEach, expect, it } from "vitest";
import { branchesOf } from "./branches.js";
import { Recorder } from "./recorder.js";

const SOURCE = `
export function sign(number: number, unit = "m"): string {
  if (number < 0) {
    return number < -10 ? "far below" : "below";
  }
  if (number > 10) return "above";
  return number === 0 && unit !== "s" ? "zero" : unit;
}
export function never(): number {
  return Math.random() > 2 ? 1 : 2;
}
`;

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), "systole-branches-"))));
afterEach(() => rmSync(directory, { recursive: true }));

it("of what was run, and of what was not", async () => {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, sourceMap: true };
  const { outputText, sourceMapText = "" } = ts.transpileModule(SOURCE, {
    compilerOptions,
    fileName: "sign.ts",
  });
  const made = join(directory, "sign.cjs");
  writeFileSync(join(directory, "sign.ts"), SOURCE);
  writeFileSync(made, outputText);
  writeFileSync(`${made}.map`, sourceMapText);
  const recorder = new Recorder();
  // Required: vitest makes something else of what is imported.
  const { sign } = createRequire(import.meta.url)(made) as {
    sign: (number: number, unit?: string) => string;
  };
  expect([sign(20), sign(0), sign(12, "s")]).toEqual(["above", "zero", "above"]);
  const branches = await branchesOf(made, await recorder.take(/sign\.cjs$/));
  const named = (reached: boolean): readonly string[] =>
    branches
      .filter((branch) => branch.reached === reached && !branch.inner)
      .map(({ line, kind, text }) => `${line} ${kind}: ${text}`);
  expect(named(false)).toEqual([
    "9 function: export function never(): number {",
    "3 then: if (number < 0) {",
    "7 if false: unit",
  ]);
  expect(named(true)).toEqual([
    '2 function: export function sign(number: number, unit = "m"): string {',
    '2 default: "m"',
    "3 else: if (number < 0) {",
    '6 then: if (number > 10) return "above";',
    '6 else: if (number > 10) return "above";',
    '7 if true: "zero"',
    "7 operand: number === 0",
    '7 operand: unit !== "s"',
  ]);
  // Twice as often, by two threads, is the same; and where no thread has loaded a file nothing of it is reached.
  expect((await branchesOf(made, [])).some(({ reached }) => reached)).toBe(false);
});
