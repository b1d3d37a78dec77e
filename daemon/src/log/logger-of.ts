// A log made of one function that writes.
import type { EngineEvent, LogFields, Logger } from "@systole/core/ports";

export type WriteLine = (level: EngineEvent["level"], name: string, fields: LogFields) => void;

/** `bound`: fields of every line. */
export function loggerOf(write: WriteLine, bound: LogFields = {}): Logger {
  const at = (level: EngineEvent["level"]) => (name: string, fields?: LogFields) =>
    write(level, name, { ...bound, ...fields });
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => loggerOf(write, { ...bound, ...fields }),
  };
}
