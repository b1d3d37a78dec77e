// One finding about a plugin. Findings are collected, so that a person sees all of them at once.
import { SystoleError, type ErrorCode } from "../ports/index.js";

export interface PluginProblem {
  readonly code: ErrorCode;
  /** Name of the plugin; `host` when it concerns the composition itself. */
  readonly plugin: string;
  /** What is wrong and what to do, as sentences. */
  readonly message: string;
  /** Where in the plugin's own configuration; absent when it is about nothing in there. */
  readonly path?: readonly PropertyKey[];
  /** The provider that the configuration asks for and nobody offers, if it is about one. */
  readonly wanted?: { readonly port: string; readonly name: string };
}

/** All findings as one error; its code is that of the first, `details.problems` holds them all. */
export function problemsError(problems: readonly [PluginProblem, ...PluginProblem[]]): SystoleError {
  const message = problems.map((problem) => problem.message).join("\n");
  return new SystoleError(problems[0].code, message, { details: { problems } });
}

/** What a thrown thing says, in one line. */
export function reasonOf(thrown: unknown): string {
  const lines = (thrown instanceof Error ? thrown.message : String(thrown)).split("\n");
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("; ");
}
