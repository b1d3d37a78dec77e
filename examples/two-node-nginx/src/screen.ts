// Shows the acts as they happen: on a terminal the strip grows under one's eyes, elsewhere each act is one plain line.
import type { WriteStream } from "node:tty";
import type { Paint } from "./paint.js";
import type { Cell } from "./strip.js";

const TITLE_WIDTH = 30;
/** Room for the remark: two blanks, a figure of up to six digits, `ms`, and a word. */
const REMARK_WIDTH = 18;
const ROWS_REDRAWN = 8;

export class Screen {
  private rowsShown = 0;

  constructor(
    private readonly out: WriteStream,
    private readonly paint: Paint,
  ) {}

  line(text = ""): void {
    this.rowsShown = 0;
    this.out.write(`${text}\n`);
  }

  /** Draws the act over its last drawing; does nothing where there is no terminal. */
  redraw(title: string, cells: readonly Cell[]): void {
    if (!this.out.isTTY) return;
    // Only the last rows: what has scrolled away cannot be drawn over.
    const rows = this.rows(title, cells).slice(-ROWS_REDRAWN);
    const up = this.rowsShown > 1 ? `\u001B[${String(this.rowsShown - 1)}A` : "";
    this.out.write(`${up}\r${rows.join("\u001B[K\n")}\u001B[K`);
    this.rowsShown = rows.length;
  }

  /** The final drawing of an act, and a remark on it. */
  finish(title: string, cells: readonly Cell[], remark: string): void {
    if (this.out.isTTY) {
      this.redraw(title, cells);
      this.line(`  ${remark}`);
    } else {
      for (const row of this.rows(title, cells)) this.line(row);
      this.line(`${" ".repeat(TITLE_WIDTH)}longest gap ${remark}`);
    }
  }

  /** Cells that fit beside the title. */
  get stripWidth(): number {
    return Math.min(100, Math.max(20, (this.out.columns ?? 80) - TITLE_WIDTH - REMARK_WIDTH));
  }

  private rows(title: string, cells: readonly Cell[]): string[] {
    const width = this.stripWidth;
    const rows: string[] = [];
    for (let start = 0; start === 0 || start < cells.length; start += width) {
      const label = (start === 0 ? title : "").padEnd(TITLE_WIDTH);
      rows.push(`${label}${this.paint.strip(cells.slice(start, start + width))}`);
    }
    return rows;
  }
}
