// The figures of a run for people: a line as each comes, and the table of all, as text or for docs/safety.md.
import { cpus, release } from "node:os";
import type { RowResult, Scenario } from "./row.js";
import type { SetUp } from "./set-up.js";

/** One line, while the others still run. */
export function progressOf(result: RowResult, done: number, of: number): string {
  const { setUp, title, twoOwnersMs, gapMs, ends, blindMs } = result;
  const switched = result.switched.length > 0 ? `, switched: ${result.switched.join(", ")}` : "";
  const blind = blindMs > 0 ? `, not observed for ${String(blindMs)} ms` : "";
  return `${String(done)}/${String(of)}  ${setUp.padEnd(10)}  ${title}: two owners ${String(twoOwnersMs)} ms, gap ${String(gapMs)} ms, at the end ${ends}${switched}${blind}`;
}

function rowsOf(
  results: readonly RowResult[],
  scenarios: readonly Scenario[],
  setUps: readonly SetUp[],
): readonly (readonly string[])[] {
  const cell = (row: string, setUp: string): string => {
    const one = results.find((result) => result.row === row && result.setUp === setUp);
    if (one === undefined) return "–";
    return [lasting(one.twoOwnersMs, one.ends === "both"), lasting(one.gapMs, !one.served), one.ends].join(
      " · ",
    );
  };
  return scenarios.flatMap(({ rows }) =>
    rows.map(({ id, title }) => [title, ...setUps.map((setUp) => cell(id, setUp.id))]),
  );
}

/** How long it was observed says nothing about what lasts until somebody ends it. */
function lasting(forMs: number, lasts: boolean): string {
  return lasts ? "∞" : String(forMs);
}

/** For a terminal. */
export function textOf(
  results: readonly RowResult[],
  scenarios: readonly Scenario[],
  setUps: readonly SetUp[],
): string {
  const rows = [
    ["two owners ms · gap ms · at the end", ...setUps.map(({ title }) => title)],
    ...rowsOf(results, scenarios, setUps),
  ];
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  const lines = rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n\n${machine()}`;
}

/** What stands between the marks in docs/safety.md. */
export function markdownOf(
  results: readonly RowResult[],
  scenarios: readonly Scenario[],
  setUps: readonly SetUp[],
): string {
  const lines = rowsOf(results, scenarios, setUps).map((row) => `| ${row.join(" | ")} |`);
  const head = [
    `| what is done | ${setUps.map(({ title }) => title).join(" | ")} |`,
    `|---|${setUps.map(() => "---:").join("|")}|`,
  ];
  return `${[...head, ...lines].join("\n")}\n\n${machine()}`;
}

function machine(): string {
  return `${String(cpus().length)} cores, Linux ${release()}, Node.js ${process.version}.`;
}
