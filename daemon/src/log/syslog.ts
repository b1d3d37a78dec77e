// Lines to syslog through the program `logger`, since Node has no unix datagram sockets.
import { spawn, type ChildProcess } from "node:child_process";

/** Most bytes that wait for `logger`; more are dropped and counted. */
const MAX_WAITING_BYTES = 256 * 1024;
const RESTART_AFTER_MS = 10_000;
const CLOSE_AFTER_MS = 1000;

/** Severities of syslog by pino's level. */
const SEVERITY: ReadonlyMap<number, number> = new Map([
  [20, 7],
  [30, 6],
  [40, 4],
  [50, 3],
]);

export interface SyslogOptions {
  /** E.g. `local0`. */
  readonly facility: string;
  /** Told once for each time that `logger` cannot be used. */
  readonly onFailure: (reason: string) => void;
  /** `logger`, or its full path. */
  readonly command: string;
}

/**
 * One `logger --prio-prefix` at a time, with its stdin kept open; it is started again at most every ten seconds when it
 * ends. Needs the `logger` of util-linux (Debian: bsdutils).
 */
export class SyslogSink {
  private child: ChildProcess | undefined;
  private startedAtMs = -Infinity;
  private dropped = 0;
  private readonly options: SyslogOptions;

  constructor(options: SyslogOptions) {
    this.options = options;
  }

  /** Never blocks. `level` is pino's. */
  write(level: number, line: string): void {
    const stdin = this.running()?.stdin;
    if (!stdin?.writable || stdin.writableLength > MAX_WAITING_BYTES) {
      this.dropped += 1;
      return;
    }
    if (this.dropped > 0) {
      stdin.write(`<4>warn log.dropped lines=${this.dropped}\n`);
      this.dropped = 0;
    }
    stdin.write(`<${SEVERITY.get(level) ?? 6}>${line}\n`);
  }

  async close(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    this.startedAtMs = Infinity;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill("SIGKILL"), CLOSE_AFTER_MS);
      child.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
      child.stdin?.end();
    });
  }

  private running(): ChildProcess | undefined {
    const nowMs = performance.now();
    if (this.child !== undefined || nowMs - this.startedAtMs < RESTART_AFTER_MS) return this.child;
    this.startedAtMs = nowMs;
    const args = ["--prio-prefix", "-p", `${this.options.facility}.info`, "-t", "systole"];
    // A session of its own, or a Ctrl-C at the terminal would end it before the last lines are written.
    const child = spawn(this.options.command, args, {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
    });
    this.child = child;
    const lost = (reason: string) => {
      if (this.child !== child) return;
      this.child = undefined;
      this.options.onFailure(reason);
    };
    child.stdin.on("error", (error) => lost(error.message));
    child.once("error", (error) => lost(error.message));
    child.once("exit", (code, signal) => lost(`logger ended (${signal ?? code})`));
    child.unref();
    return child;
  }
}
