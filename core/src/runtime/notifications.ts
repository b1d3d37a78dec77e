// Tells notifiers what happens to the cluster: each by itself, in order, one event at a time, and never at the cluster's cost.
import type { Clock, ClusterEvent, EngineEvent, Logger, Notifier } from "../ports/index.js";
import { boundedCall, type CallOutcome } from "./bounded-call.js";
import { reasonOf } from "./plugin-problem.js";

export const NOTIFICATION_LIMITS = {
  /** Events that wait for one notifier; beyond it the oldest is dropped. */
  queue: 256,
  /** How long one notification may take, and how long an aborted one may take to give up. */
  deadlineMs: 10_000,
  releaseMs: 1000,
  /** How long the end of the node waits for what is still to be told. */
  farewellMs: 2000,
} as const;

export interface NamedNotifier {
  readonly name: string;
  readonly notifier: Notifier;
}

export interface NotificationsInit {
  readonly clock: Clock;
  readonly log: Logger;
  /** This node. */
  readonly node: string;
  readonly notifiers: readonly NamedNotifier[];
}

const SEVERITY = { info: "info", warn: "warning", error: "critical" } as const;

export class Notifications {
  private readonly lines: readonly Line[];

  constructor(private readonly init: NotificationsInit) {
    this.lines = init.notifiers.map((named) => new Line(named, init.clock, init.log));
  }

  /** What is only for debugging is not told. Returns at once. */
  tell({ name, level, fields }: EngineEvent): void {
    if (level === "debug") return;
    const { node, clock } = this.init;
    const event = { name, severity: SEVERITY[level], atWallMs: clock.wallMs(), node, fields };
    for (const line of this.lines) line.add(event);
  }

  /** Resolves when nothing waits to be told. */
  async told(): Promise<void> {
    await Promise.all(this.lines.map((line) => line.told()));
  }

  /** Resolves when everything is told, or `farewellMs` later. Nothing is taken any more. */
  async close(): Promise<void> {
    const { clock } = this.init;
    let cancel = (): void => undefined;
    const patienceEnds = new Promise<void>((resolve) => {
      cancel = clock.wakeAt(clock.nowMs() + NOTIFICATION_LIMITS.farewellMs, resolve);
    });
    await Promise.race([Promise.all(this.lines.map((line) => line.close())), patienceEnds]);
    cancel();
    for (const line of this.lines) {
      line.abandon();
      this.init.log.info("notifier.ended", { notifier: line.name, ...line.counters });
    }
  }
}

/** One notifier with what waits for it. */
class Line {
  readonly name: string;
  /** `failed`: rejected. `dropped`: never told, because the queue was full or the node ended. */
  readonly counters = { delivered: 0, failed: 0, timedOut: 0, dropped: 0 };
  private readonly waiting: ClusterEvent[] = [];
  private readonly ended = new AbortController();
  private isClosed = false;
  private telling: Promise<void> | undefined;

  constructor(
    private readonly named: NamedNotifier,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {
    this.name = named.name;
  }

  add(event: ClusterEvent): void {
    if (this.isClosed) return;
    if (this.waiting.length >= NOTIFICATION_LIMITS.queue) {
      this.waiting.shift();
      this.counters.dropped += 1;
      if (this.counters.dropped === 1)
        this.log.warn("notifier.falls-behind", { notifier: this.name, queue: NOTIFICATION_LIMITS.queue });
    }
    this.waiting.push(event);
    this.telling ??= this.tellAll();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.telling;
  }

  async told(): Promise<void> {
    await this.telling;
  }

  /** Ends what is under way and forgets the rest. */
  abandon(): void {
    this.counters.dropped += this.waiting.splice(0).length;
    this.ended.abort(new Error("this node has left"));
  }

  private async tellAll(): Promise<void> {
    for (let event = this.waiting.shift(); event !== undefined; event = this.waiting.shift())
      await this.tellOne(event);
    this.telling = undefined;
  }

  private async tellOne(event: ClusterEvent): Promise<void> {
    let call: Promise<void> | undefined;
    const outcome = await boundedCall(this.clock, NOTIFICATION_LIMITS, this.ended.signal, (signal) => {
      call = this.named.notifier.notify(event, signal);
      return call;
    });
    this.count(event, outcome);
    // One at a time: a call that does not react to being aborted keeps the next one waiting.
    if ("ending" in outcome && outcome.ending.kind === "hung") await call?.catch(() => undefined);
  }

  private count(event: ClusterEvent, outcome: CallOutcome): void {
    const fields = { notifier: this.name, event: event.name };
    switch (outcome.kind) {
      case "done":
        this.counters.delivered += 1;
        return;
      case "failed":
        this.counters.failed += 1;
        return this.log.warn("notifier.failed", { ...fields, reason: reasonOf(outcome.error) });
      case "timeout":
      case "aborted":
        this.counters.timedOut += 1;
        return this.log.warn("notifier.timed-out", { ...fields, hangs: outcome.ending.kind === "hung" });
    }
  }
}
