// Writes events to the log at a bounded rate a name, so that a flood from outside cannot fill a disk or stall the node.
import type { Clock, EngineEvent, Logger } from "../ports/index.js";

const WINDOW_MS = 10_000;
const EVENTS_PER_WINDOW = 20;

interface Window {
  readonly startedAtMs: number;
  written: number;
  suppressed: number;
}

export class EventLog {
  private readonly windows = new Map<string, Window>();

  constructor(
    private readonly log: Logger,
    private readonly clock: Clock,
    private readonly perWindow = EVENTS_PER_WINDOW,
  ) {}

  write(event: EngineEvent): void {
    // What is only of interest to who looks for it neither counts nor crowds out.
    if (event.level === "debug") return this.log.debug(event.name, event.fields);
    const nowMs = this.clock.nowMs();
    const window = this.window(event, nowMs);
    if (window.written >= this.perWindow) {
      window.suppressed += 1;
      return;
    }
    window.written += 1;
    this.log[event.level](event.name, event.fields);
  }

  private window(event: EngineEvent, nowMs: number): Window {
    const current = this.windows.get(event.name);
    if (current !== undefined && nowMs - current.startedAtMs < WINDOW_MS) return current;
    if (current !== undefined && current.suppressed > 0) {
      this.log[event.level]("log.suppressed", { event: event.name, times: current.suppressed });
    }
    const window = { startedAtMs: nowMs, written: 0, suppressed: 0 };
    this.windows.set(event.name, window);
    return window;
  }
}
