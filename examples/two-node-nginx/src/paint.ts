// How a cell and a word look on a terminal, with colours and without.
import type { Cell } from "./strip.js";

const COLOUR: Readonly<Record<string, number>> = {
  master: 32,
  cluster1: 34,
  nobody: 31,
  ok: 32,
  failed: 31,
  faint: 90,
};
const LETTER: Readonly<Record<string, string>> = { master: "m", cluster1: "c" };

export class Paint {
  constructor(private readonly coloured: boolean) {}

  word(text: string, style: string): string {
    const colour = COLOUR[style];
    return this.coloured && colour !== undefined ? `\u001B[${String(colour)}m${text}\u001B[0m` : text;
  }

  /** One character a cell; without colours letters tell the nodes apart. */
  strip(cells: readonly Cell[]): string {
    let painted = "";
    for (let start = 0; start < cells.length;) {
      const style = styleOf(cells[start]);
      const found = cells.findIndex((cell, index) => index > start && styleOf(cell) !== style);
      const end = found === -1 ? cells.length : found;
      const run = cells.slice(start, end).map((cell) => this.character(cell));
      painted += this.word(run.join(""), style);
      start = end;
    }
    return painted;
  }

  legend(): string {
    const nobody = { who: undefined, complete: false };
    const shown = ["master", "cluster1"].map(
      (who) => `${this.strip([{ who, complete: true }])} ${who} answers`,
    );
    const partly = this.coloured ? "▒ not to all" : "M, C not to all";
    return [...shown, partly, `${this.strip([nobody])} nobody does`].join("  ");
  }

  private character(cell: Cell): string {
    if (cell.who === undefined) return this.coloured ? "×" : ".";
    if (this.coloured) return cell.complete ? "█" : "▒";
    const letter = LETTER[cell.who] ?? "?";
    return cell.complete ? letter : letter.toUpperCase();
  }
}

function styleOf(cell: Cell | undefined): string {
  return cell?.who ?? "nobody";
}
