// One situation as a row of the tables of docs/placement.md.
import type { Situation } from "./situation.js";

/** Outcomes as `textOf` gives them. */
export function rowOf({ title, differs, freer }: Situation, theirs: string, ours: string): string {
  const own = ours === theirs ? "the same" : ours;
  return `| ${[title, theirs, own, differs ?? freer ?? ""].map((cell) => cell.replaceAll("*", String.raw`\*`)).join(" | ")} |`.replaceAll(
    "  |",
    " |",
  );
}
