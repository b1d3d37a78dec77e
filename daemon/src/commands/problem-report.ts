// Problems for people: the place, the sentence, and the line with a caret below it.
import type { LoadedConfig } from "../config/load-config.js";
import type { Problem } from "../config/problem.js";
import { harmless, paint, type Output } from "./terminal.js";

function place({ file, line, column }: Problem): string {
  return line === 0 ? file : `${file}:${line}:${column}`;
}

/** The line and a caret below the column; tabs are kept, so that both move alike. */
function excerpt(problem: Problem, source: string, output: Output): string {
  const before = source.slice(0, problem.column - 1).replaceAll(/[^\t]/g, " ");
  const word = /^[^\s,#]+/.exec(source.slice(problem.column - 1))?.[0] ?? "";
  const caret = `^${"~".repeat(Math.max(0, word.length - 1))}`;
  const safe = source
    .split("\t")
    .map((part) => harmless(part))
    .join("\t");
  return `    ${safe}\n    ${before}${paint(output, "green", caret)}\n`;
}

/** Longest source line that is worth showing. */
const MAX_EXCERPT = 200;

export function formatProblem(problem: Problem, sources: LoadedConfig["sources"], output: Output): string {
  const severity = paint(output, problem.severity === "error" ? "red" : "yellow", `${problem.severity}:`);
  const head = `${paint(output, "bold", harmless(place(problem)))}: ${severity} ${harmless(problem.message)}`;
  const source = sources.get(problem.file)?.[problem.line - 1];
  const code = paint(output, "dim", `[${problem.code}]`);
  const shown = source !== undefined && source.length <= MAX_EXCERPT ? excerpt(problem, source, output) : "";
  return `${head} ${code}\n${shown}`;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

/** `2 errors, 1 warning`. */
export function summary(problems: readonly Problem[]): string {
  const errors = problems.filter((problem) => problem.severity === "error").length;
  return `${count(errors, "error")}, ${count(problems.length - errors, "warning")}`;
}
