// The log of a function: lines of JSON on the console, which every host of functions collects.
import type { LogFields, Logger } from "@systole/core/ports";

type Level = "info" | "warn" | "error";

export class ConsoleLogger implements Logger {
  constructor(private readonly fields: LogFields = {}) {}

  /** A function has no switch for it. */
  debug(): void {}

  info(event: string, fields?: LogFields): void {
    this.write("info", event, fields);
  }

  warn(event: string, fields?: LogFields): void {
    this.write("warn", event, fields);
  }

  error(event: string, fields?: LogFields): void {
    this.write("error", event, fields);
  }

  child(fields: LogFields): ConsoleLogger {
    return new ConsoleLogger({ ...this.fields, ...fields });
  }

  private write(level: Level, event: string, fields: LogFields = {}): void {
    // oxlint-disable-next-line no-console -- where functions run it is the log, and there is no other
    console[level](JSON.stringify({ level, event, ...this.fields, ...fields }));
  }
}
