// The table at the end: per act the longest time without an answer, and whether the walk-through's promise was kept.
import type { Act, ActResult } from "@systole/test/lab";
import type { Paint } from "./paint.js";

/** Lines of the table; acts that were not reached are shown as such. */
export function summary(acts: readonly Act[], results: readonly ActResult[], paint: Paint): string[] {
  const head = ["act", "longest gap", "then answers", ""];
  const rows = acts.map((act) => {
    const result = results.find((one) => one.id === act.id);
    if (result === undefined) return [act.title, "-", "-", "not run"];
    return [
      act.title,
      `${String(result.longestGapMs)} ms`,
      result.answeredBy.at(-1) ?? "nobody",
      result.ok ? "ok" : "FAILED",
    ];
  });
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all.map((row) => {
    const [title = "", gap = "", who = "", verdict = ""] = row;
    const [titleWidth = 0, gapWidth = 0, whoWidth = 0] = widths;
    const style = verdict === "FAILED" ? "failed" : "ok";
    return `${title.padEnd(titleWidth)}  ${gap.padStart(gapWidth)}  ${paint.word(who.padEnd(whoWidth), who)}  ${paint.word(verdict, style)}`;
  });
}
