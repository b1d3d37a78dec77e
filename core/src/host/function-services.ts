// What a function has of the things that a machine gives to a node: time and a log; no disk and no programs.
import { SystoleError, type LogFields, type Logger, type Processes, type Store } from "../ports/index.js";

/** A line of JSON an event, which every provider of functions collects. */
export class LineLogger implements Logger {
  constructor(
    private readonly write: (line: string) => void,
    private readonly common: LogFields = {},
  ) {}

  /** Nobody pays for keeping these. */
  debug(): void {}

  info(event: string, fields?: LogFields): void {
    this.line("info", event, fields);
  }

  warn(event: string, fields?: LogFields): void {
    this.line("warn", event, fields);
  }

  error(event: string, fields?: LogFields): void {
    this.line("error", event, fields);
  }

  child(fields: LogFields): Logger {
    return new LineLogger(this.write, { ...this.common, ...fields });
  }

  private line(level: string, event: string, fields: LogFields = {}): void {
    this.write(JSON.stringify({ level, event, ...this.common, ...fields }));
  }
}

/** As long as this instance lives: what must last is in the node's cell. */
export class InstanceStore implements Store {
  private readonly blobs = new Map<string, Uint8Array>();

  async read(name: string): Promise<Uint8Array | undefined> {
    return this.blobs.get(name);
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    this.blobs.set(name, bytes.slice());
  }

  async remove(name: string): Promise<void> {
    this.blobs.delete(name);
  }
}

export const noPrograms: Processes = {
  run: ({ command }) =>
    Promise.reject(
      new SystoleError("PROCESS_SPAWN_FAILED", `${command} cannot be run: a function has no programs.`),
    ),
};
