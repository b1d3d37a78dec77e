// A log line for people and for grep: `2026-11-22T17:00:00.123Z warn peer.late peer=cluster1 silentMs=1200`.

const LEVEL_NAMES: ReadonlyMap<number, string> = new Map([
  [20, "debug"],
  [30, "info"],
  [40, "warn"],
  [50, "error"],
]);

/** Longest value that is printed whole. */
const MAX_VALUE_CHARACTERS = 2000;

// Characters that would end a line, move a terminal's cursor, or turn the direction of writing.
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const DANGEROUS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const BARE = /^[^\s"=\\]+$/;

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function formatValue(value: unknown): string {
  let text = typeof value === "string" ? value : JSON.stringify(value);
  if (text.length > MAX_VALUE_CHARACTERS) text = `${text.slice(0, MAX_VALUE_CHARACTERS)}…`;
  const isPlain = typeof value !== "string" || (BARE.test(text) && text.search(DANGEROUS) < 0);
  return (isPlain ? text : JSON.stringify(text)).replaceAll(DANGEROUS, escape);
}

/** One record of the log, as it comes back out of pino's JSON. */
export interface LogRecord {
  readonly level: number;
  readonly time: string;
  readonly msg: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Reads a record that pino wrote. */
export function parseLogRecord(json: string): LogRecord {
  return { fields: {}, ...(JSON.parse(json) as Omit<LogRecord, "fields">) };
}

/** `warn peer.late peer=cluster1 silentMs=1200`: without time and end of line. */
export function formatLogRecord(record: LogRecord): string {
  const level = LEVEL_NAMES.get(record.level) ?? "info";
  const fields = Object.entries(record.fields).map(([name, value]) => ` ${name}=${formatValue(value)}`);
  return `${level} ${record.msg}${fields.join("")}`.replaceAll(DANGEROUS, escape);
}
