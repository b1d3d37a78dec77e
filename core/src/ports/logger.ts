import { token, type Token } from "./token.js";

/** Facts of one event. Values are JSON; never a key, password or token. Units last: `silentMs`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Logs the name of an event and its fields, e.g. `log.warn("peer.late", { peer, silentMs })`. Never throws, never blocks. */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** A logger that adds `fields` to every event. */
  child(fields: LogFields): Logger;
}

export const Logger: Token<Logger> = token<Logger>("logger", 1);
