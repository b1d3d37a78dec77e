// Where commands write, and whether colours are welcome there. Injected, so that tests read what was written.

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

export interface Output {
  write(text: string): void;
  readonly hasColours: boolean;
  /** Somebody looks on: a line may be written over. Absent: not that it is known. */
  readonly isLive?: boolean;
  /** How many columns there are. Absent: it is no screen. */
  columns?(): number | undefined;
  rows?(): number | undefined;
}

export interface Terminal {
  readonly out: Output;
  readonly err: Output;
}

const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/** The text in that style, or as it is where colours are not welcome. */
export function paint(output: Output, style: Style, text: string): string {
  if (!output.hasColours) return text;
  const [on, off] = CODES[style];
  return `\u001B[${on}m${text}\u001B[${off}m`;
}

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Text of others (peers, scripts, files) without what could move the cursor. */
export function harmless(text: string): string {
  return text.replaceAll(CONTROL, "�");
}

function outputOf(stream: NodeJS.WriteStream): Output {
  // A reader that went away (`systole status | head`) is no failure.
  stream.on("error", () => undefined);
  return {
    write: (text) => void stream.write(text),
    hasColours: stream.isTTY && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb",
    isLive: stream.isTTY === true && process.env["TERM"] !== "dumb",
    columns: () => (stream.isTTY ? stream.columns : undefined),
    rows: () => (stream.isTTY ? stream.rows : undefined),
  };
}

const MIN_COLUMNS = 40;
const USUAL_COLUMNS = 80;

/** As wide as text for people may be. */
export function widthOf(output: Output): number {
  return Math.max(MIN_COLUMNS, output.columns?.() ?? USUAL_COLUMNS);
}

/** stdout and stderr of this process. */
export function processTerminal(): Terminal {
  return { out: outputOf(process.stdout), err: outputOf(process.stderr) };
}
