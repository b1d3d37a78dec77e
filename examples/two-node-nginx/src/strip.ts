// A strip of time: each cell says who gave most of the answers in it, and whether any went unanswered.
import type { Attempt } from "@systole/test/lab";

export interface Cell {
  /** Node that answered; undefined when nobody did. */
  readonly who: string | undefined;
  /** False when a request of this time went unanswered. */
  readonly complete: boolean;
}

/** Length of a cell. */
export const CELL_MS = 50;

/**
 * Cells from `fromMs` to `toMs`. An answer counts where it came, a failure where the request was sent: as users feel it. A
 * cell in which nothing happened repeats its predecessor.
 */
export function cellsOf(attempts: readonly Attempt[], fromMs: number, toMs: number): Cell[] {
  const count = Math.max(0, Math.ceil((toMs - fromMs) / CELL_MS));
  const sorted: Attempt[][] = Array.from({ length: count }, () => []);
  for (const attempt of attempts) {
    const atMs = attempt.answeredBy === undefined ? attempt.sentMs : attempt.doneMs;
    sorted[Math.floor((atMs - fromMs) / CELL_MS)]?.push(attempt);
  }
  const cells: Cell[] = [];
  for (const inCell of sorted) {
    const previous: Cell | undefined = cells.at(-1);
    cells.push(inCell.length === 0 && previous !== undefined ? previous : cellOf(inCell));
  }
  return cells;
}

function cellOf(inCell: readonly Attempt[]): Cell {
  const votes = new Map<string, number>();
  for (const { answeredBy } of inCell) {
    if (answeredBy !== undefined) votes.set(answeredBy, (votes.get(answeredBy) ?? 0) + 1);
  }
  const [winner] = [...votes].toSorted((a, b) => b[1] - a[1]);
  return { who: winner?.[0], complete: inCell.every((one) => one.answeredBy !== undefined) };
}
