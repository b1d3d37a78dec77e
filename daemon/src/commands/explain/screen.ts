// A whole terminal for a while: lines are shown in place, a key ends it, and the terminal is then as it was.
import type { Output } from "../terminal.js";

const ESCAPE = "\u001B[";
const ENTER = `${ESCAPE}?1049h${ESCAPE}?25l`;
const LEAVE = `${ESCAPE}?25h${ESCAPE}?1049l`;
const HOME = `${ESCAPE}H`;
const TO_END_OF_LINE = `${ESCAPE}K`;
const TO_END_OF_SCREEN = `${ESCAPE}J`;
/** The last one is Ctrl-C, which is a key like any other in this mode. */
const ENDS: ReadonlySet<string> = new Set(["q", "Q", "\u0003"]);
const FOOT = "q ends it";

export class Screen {
  /** Aborts when somebody has typed q or Ctrl-C. */
  readonly closed: AbortSignal;
  private readonly closing = new AbortController();
  private isOpen = true;

  constructor(
    private readonly output: Output,
    private readonly keys: NodeJS.ReadStream = process.stdin,
  ) {
    this.closed = this.closing.signal;
    output.write(ENTER);
    if (keys.isTTY) keys.setRawMode(true).resume();
    keys.on("data", this.typed);
    // Whatever ends the process: nobody is left with a terminal that shows nothing.
    process.on("exit", this.leave);
  }

  show(lines: readonly string[]): void {
    if (!this.isOpen) return;
    const rows = Math.max(3, (this.output.rows?.() ?? 24) - 1);
    const shown =
      lines.length > rows ? [...lines.slice(0, rows - 1), `… ${lines.length - rows + 1} lines more`] : lines;
    const text = [...shown, FOOT].map((line) => `${line}${TO_END_OF_LINE}`).join("\r\n");
    this.output.write(`${HOME}${text}${TO_END_OF_SCREEN}`);
  }

  close(): void {
    this.leave();
    this.keys.off("data", this.typed);
    if (this.keys.isTTY) this.keys.setRawMode(false);
    this.keys.pause();
    process.off("exit", this.leave);
  }

  private readonly leave = (): void => {
    if (this.isOpen) this.output.write(LEAVE);
    this.isOpen = false;
  };

  private readonly typed = (bytes: Buffer | string): void => {
    if ([...bytes.toString()].some((key) => ENDS.has(key))) this.closing.abort();
  };
}
