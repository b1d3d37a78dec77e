// The table of a run, in Markdown: what each act cost the client in each pairing.
import { PAIRINGS, type Pairing } from "./pairing.js";
import type { ActRecord } from "./records.js";

export function tableOf(records: readonly ActRecord[]): string {
  const rows = new Map<string, ActRecord[]>();
  for (const one of records) {
    const key = JSON.stringify([one.chain, one.order, one.title]);
    rows.set(key, [...(rows.get(key) ?? []), one]);
  }
  const sorted = [...rows.values()].toSorted((a, b) => position(a).localeCompare(position(b)));
  const lines = sorted.map((row) => {
    const cells = PAIRINGS.map(({ id }) => cell(row, id));
    return `| ${row[0]?.chain ?? ""} | ${row[0]?.title ?? ""} | ${cells.join(" | ")} |`;
  });
  return [
    `| chain | act | ${PAIRINGS.map(({ id }) => id).join(" | ")} |`,
    `|---|---|${PAIRINGS.map(() => "---:").join("|")}|`,
    ...lines,
  ].join("\n");
}

function position(row: readonly ActRecord[]): string {
  return `${row[0]?.chain ?? ""} ${String(row[0]?.order ?? 0).padStart(3, "0")}`;
}

/** The gap in ms; with what was wrong, if something was. */
function cell(row: readonly ActRecord[], id: Pairing["id"]): string {
  const one = row.find(({ pairing }) => pairing === id);
  if (one === undefined) return "";
  return one.ok ? String(one.gapMs) : "fails";
}
