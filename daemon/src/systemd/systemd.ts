// What this daemon tells systemd of itself: that it is ready, what it does, and at each pulse of the engine that it makes
// progress. A daemon whose engine stands still says nothing more, and is ended by systemd's watchdog.
import { hrtime } from "node:process";
import type { Logger } from "@systole/core/ports";
import { openNotifySocket, type NotifySocket } from "./notify-socket.js";

type Environment = Record<string, string | undefined>;

/** A new state is told no more often than this. */
const STATUS_PAUSE_MS = 1000;

export class Systemd {
  private fedAtMs = Number.NEGATIVE_INFINITY;
  private toldAtMs = Number.NEGATIVE_INFINITY;
  private told = "";
  private failed = false;
  private stoppingSaid = false;

  constructor(
    private readonly socket: NotifySocket,
    /** WatchdogSec; undefined: systemd does not watch. */
    readonly watchdogMs: number | undefined,
    private readonly log: Logger,
  ) {}

  /** Undefined where systemd has not started this process. What is read is taken out of `environment`: it is for nobody else. */
  static find(environment: Environment, log: Logger): Systemd | undefined {
    const { NOTIFY_SOCKET: path, WATCHDOG_USEC: usec, WATCHDOG_PID: pid } = environment;
    for (const name of ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) delete environment[name];
    if (path === undefined || path === "") return undefined;
    const isMine = pid === undefined || Number(pid) === process.pid;
    const watchdogMs = isMine && Number(usec) > 0 ? Number(usec) / 1000 : undefined;
    log.info("systemd.found", { socket: path, ...(watchdogMs !== undefined && { watchdogMs }) });
    return new Systemd(openNotifySocket(path), watchdogMs, log);
  }

  /** Everything has started: the node speaks, and listens to operators. */
  ready(): void {
    this.send("READY=1");
  }

  /** Files are being read again; `ready` says the end of it. */
  reloading(): void {
    this.send(`RELOADING=1\nMONOTONIC_USEC=${hrtime.bigint() / 1000n}`);
  }

  stopping(): void {
    if (this.stoppingSaid) return;
    this.stoppingSaid = true;
    this.send("STOPPING=1");
  }

  /** The engine has given a sign of life, and gives the next one within `keepaliveMs`. */
  pulsed(nowMs: number, keepaliveMs: number, status: () => string): void {
    const { watchdogMs } = this;
    if (watchdogMs !== undefined && nowMs + keepaliveMs >= this.fedAtMs + watchdogMs / 2) {
      this.fedAtMs = nowMs;
      this.send("WATCHDOG=1");
    }
    if (nowMs < this.toldAtMs + STATUS_PAUSE_MS) return;
    this.toldAtMs = nowMs;
    // One line is one variable.
    const text = status().replaceAll("\n", " ");
    if (text === this.told) return;
    this.told = text;
    this.send(`STATUS=${text}`);
  }

  close(): void {
    this.socket.close();
  }

  private send(text: string): void {
    const problem = this.socket.send(text);
    if (problem !== undefined && !this.failed) this.log.warn("systemd.unreachable", { problem });
    this.failed = problem !== undefined;
  }
}
