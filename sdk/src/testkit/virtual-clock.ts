// Time that a test moves by hand: what depends on a clock becomes exact and instant.
import type { Clock } from "@systole/core/ports";

interface Alarm {
  readonly atMs: number;
  readonly order: number;
  readonly wake: () => void;
}

/** A `Clock` that stands still until it is advanced. Alarms of one moment ring in the order in which they were set. */
export class VirtualClock implements Clock {
  readonly #alarms = new Set<Alarm>();
  readonly #epochMs: number;
  #nowMs: number;
  #order = 0;
  #wallStepMs = 0;

  /** `epochMs` is the wall clock's reading at monotonic zero. */
  constructor(options: { readonly nowMs?: number; readonly epochMs?: number } = {}) {
    this.#nowMs = options.nowMs ?? 0;
    this.#epochMs = options.epochMs ?? 1_700_000_000_000;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#epochMs + this.#nowMs + this.#wallStepMs;
  }

  wakeAt(atMs: number, wake: () => void): () => void {
    this.#order += 1;
    const alarm = { atMs, wake, order: this.#order };
    this.#alarms.add(alarm);
    return () => void this.#alarms.delete(alarm);
  }

  /** How many alarms are set: none should be left when everything is stopped. */
  get pending(): number {
    return this.#alarms.size;
  }

  /** When the next alarm rings; undefined when none is set. */
  get nextAlarmMs(): number | undefined {
    return this.#next(Infinity)?.atMs;
  }

  /** Steps the wall clock, as an operator or a time server does; monotonic time does not notice. */
  stepWall(byMs: number): void {
    this.#wallStepMs += byMs;
  }

  /** Moves time on, ringing what falls due, each alarm at its own moment. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    for (let alarm = this.#next(untilMs); alarm !== undefined; alarm = this.#next(untilMs)) this.#ring(alarm);
    this.#nowMs = untilMs;
  }

  /** As `advance`, and lets promises settle before the first alarm and after each. */
  async advanceAsync(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    await settled();
    for (let alarm = this.#next(untilMs); alarm !== undefined; alarm = this.#next(untilMs)) {
      this.#ring(alarm);
      await settled();
    }
    this.#nowMs = untilMs;
  }

  #ring(alarm: Alarm): void {
    this.#alarms.delete(alarm);
    this.#nowMs = Math.max(this.#nowMs, alarm.atMs);
    alarm.wake();
  }

  #next(untilMs: number): Alarm | undefined {
    let next: Alarm | undefined;
    for (const alarm of this.#alarms) {
      if (alarm.atMs > untilMs) continue;
      if (
        next === undefined ||
        alarm.atMs < next.atMs ||
        (alarm.atMs === next.atMs && alarm.order < next.order)
      )
        next = alarm;
    }
    return next;
  }
}

/** Resolves when every promise that could settle by itself has settled. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
