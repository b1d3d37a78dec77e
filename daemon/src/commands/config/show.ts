// `systole config show`: what holds on this node, and where each value is from.
import { loadConfig } from "../../config/load-config.js";
import type { Machine } from "../../config/machine.js";
import { EXIT_CODES } from "../../exit-codes.js";
import { formatProblem, summary } from "../problem-report.js";
import { harmless, paint, type Terminal } from "../terminal.js";

export interface ShowOptions {
  readonly haDir: string;
  readonly node?: string;
  readonly json?: boolean;
}

/** Resolves to the exit code: 6 when the configuration has errors. */
export function showConfig(options: ShowOptions, { out, err }: Terminal, machine?: Machine): number {
  const { effective, problems, sources } = loadConfig({
    haDirectory: options.haDir,
    ...(options.node !== undefined && { node: options.node }),
    ...(machine !== undefined && { machine }),
  });
  if (effective === undefined) {
    for (const problem of problems) err.write(formatProblem(problem, sources, err));
    err.write(`systole: the configuration has ${summary(problems)}.\n`);
    return EXIT_CODES.notConfigured;
  }
  if (options.json === true) {
    out.write(`${JSON.stringify({ values: effective }, undefined, 2)}\n`);
    return EXIT_CODES.ok;
  }
  const width = (cells: readonly string[]): number => Math.max(5, ...cells.map((cell) => cell.length));
  const keys = width(effective.map(({ key }) => key));
  const values = width(effective.map(({ value }) => value));
  out.write(paint(out, "bold", `${"KEY".padEnd(keys)}  ${"VALUE".padEnd(values)}  FROM`));
  for (const { key, value, from } of effective)
    out.write(
      `\n${harmless(key).padEnd(keys)}  ${harmless(value).padEnd(values)}  ${paint(out, "dim", from)}`,
    );
  out.write("\n");
  return EXIT_CODES.ok;
}
