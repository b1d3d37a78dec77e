// A logger that a test reads: every event with its fields, in order.
import type { LogFields, Logger } from "@systole/core/ports";

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface LogEntry {
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: LogFields;
}

/** Keeps the last `limit` entries; children write into the same list. */
export class RecordingLogger implements Logger {
  readonly #entries: LogEntry[];
  readonly #fields: LogFields;
  readonly #limit: number;

  constructor(
    limit = 10_000,
    shared: { readonly entries: LogEntry[]; readonly fields: LogFields } = { entries: [], fields: {} },
  ) {
    this.#limit = limit;
    this.#entries = shared.entries;
    this.#fields = shared.fields;
  }

  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  /** Entries of one event. */
  of(event: string): readonly LogEntry[] {
    return this.#entries.filter((entry) => entry.event === event);
  }

  debug(event: string, fields?: LogFields): void {
    this.#write("debug", event, fields);
  }

  info(event: string, fields?: LogFields): void {
    this.#write("info", event, fields);
  }

  warn(event: string, fields?: LogFields): void {
    this.#write("warn", event, fields);
  }

  error(event: string, fields?: LogFields): void {
    this.#write("error", event, fields);
  }

  child(fields: LogFields): RecordingLogger {
    return new RecordingLogger(this.#limit, {
      entries: this.#entries,
      fields: { ...this.#fields, ...fields },
    });
  }

  #write(level: LogLevel, event: string, fields: LogFields = {}): void {
    this.#entries.push({ level, event, fields: { ...this.#fields, ...fields } });
    if (this.#entries.length > this.#limit) this.#entries.shift();
  }
}
