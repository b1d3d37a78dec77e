// A logger for tests: what was logged, in order.
import type { LogFields, Logger } from "../../ports/index.js";

export class RecordedLog implements Logger {
  readonly entries: { readonly event: string; readonly fields: LogFields }[] = [];
  debug = (event: string, fields: LogFields = {}): void => void this.entries.push({ event, fields });
  info = this.debug;
  warn = this.debug;
  error = this.debug;
  child(): Logger {
    return this;
  }
  /** Fields of each entry of that event. */
  of(event: string): readonly LogFields[] {
    return this.entries.filter((entry) => entry.event === event).map(({ fields }) => fields);
  }
}
