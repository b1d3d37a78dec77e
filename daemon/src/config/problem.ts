// What is wrong with a configuration, as data: every parser collects, nobody throws, and all is shown at once.
import type { ProblemCode } from "./problem-codes.js";

/** Where in a file, counted from 1. Line 0 means the file as a whole. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Problem extends Position {
  readonly severity: "error" | "warning";
  readonly code: ProblemCode;
  readonly file: string;
  /** What is wrong and what to write instead. Never any text of `authkeys`. */
  readonly message: string;
}

/** What a parser returns: the value is as complete as the text allows, also when there are errors. */
export interface Parsed<Value> {
  readonly value: Value;
  readonly problems: readonly Problem[];
}

/** A value with the place it was written at. */
export interface Located<Value> {
  readonly value: Value;
  readonly at: Position;
}

export const WHOLE_FILE: Position = { line: 0, column: 0 };

/** Most problems that are kept of one file: a binary file must not print a novel. */
const MAX_PROBLEMS = 200;

/** Collects the problems of one file. */
export class Problems {
  readonly found: Problem[] = [];
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  error(at: Position, code: ProblemCode, message: string): void {
    this.add("error", at, code, message);
  }

  warning(at: Position, code: ProblemCode, message: string): void {
    this.add("warning", at, code, message);
  }

  private add(severity: Problem["severity"], at: Position, code: ProblemCode, message: string): void {
    if (this.found.length >= MAX_PROBLEMS) return;
    this.found.push({ severity, code, file: this.file, line: at.line, column: at.column, message });
  }
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === "error");
}
