// Tells a function what happens: in order, at least once, and what it does not take waits, within bounds.
import type { Clock, ClusterEvent, Logger, Notifier, Startable } from "@systole/sdk";
import { asTold, type FunctionClient } from "@systole/sdk/functions";
import type { FunctionToTell } from "./config.js";
import { FIRST_RETRY_MS, LONGEST_RETRY_MS, MAX_REFUSALS, MAX_WAITING } from "./limits.js";

interface Waiting {
  readonly event: ClusterEvent;
  refusals: number;
}

export class FunctionNotifier implements Notifier, Startable {
  readonly #waiting: Waiting[] = [];
  readonly #ended = new AbortController();
  #telling: Promise<string | undefined> | undefined;
  #retryMs = FIRST_RETRY_MS;
  #cancelRetry = (): void => undefined;

  constructor(
    private readonly client: Pick<FunctionClient, "ask">,
    private readonly settings: Pick<FunctionToTell, "withinMs" | "notifier">,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  async start(): Promise<void> {}

  /** Rejects when the function has not taken it yet; it is told again all the same, before whatever comes next. */
  async notify(event: ClusterEvent, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#add({ event, refusals: 0 });
    const problem = (await this.#endOf(this.#telling, signal)) ?? (await this.#tellAll(signal));
    if (problem !== undefined) throw new Error(problem);
  }

  /** What waits now is never told. */
  async stop(): Promise<void> {
    this.#ended.abort(new Error("this node has left"));
    this.#cancelRetry();
    await this.#telling;
    if (this.#waiting.length > 0) this.log.warn("notifier.untold", { events: this.#waiting.length });
  }

  #add(one: Waiting): void {
    this.#waiting.push(one);
    if (this.#waiting.length <= MAX_WAITING) return;
    this.#dropFirst(`${MAX_WAITING} events wait already`);
  }

  #dropFirst(reason: string): void {
    const dropped = this.#waiting.shift();
    if (dropped !== undefined) this.log.warn("notifier.dropped", { event: dropped.event.name, reason });
  }

  /** Of what is under way already; a problem only when this ends before it. */
  async #endOf(telling: Promise<unknown> | undefined, signal: AbortSignal): Promise<string | undefined> {
    if (telling === undefined) return undefined;
    const given = new Promise<void>((resolve) =>
      signal.addEventListener("abort", () => resolve(), { once: true }),
    );
    await Promise.race([telling, given]);
    return signal.aborted ? "the function does not answer; it will be told later" : undefined;
  }

  /** In order, until one is not taken. Returns why not. */
  #tellAll(signal: AbortSignal): Promise<string | undefined> {
    this.#cancelRetry();
    const bounded = AbortSignal.any([signal, this.#ended.signal]);
    const telling = this.#tellEach(bounded).finally(() => {
      this.#telling = undefined;
    });
    this.#telling = telling;
    return telling;
  }

  async #tellEach(signal: AbortSignal): Promise<string | undefined> {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const problem = await this.#tellOne(first, signal);
      if (problem !== undefined) {
        this.#retryLater();
        return problem;
      }
      this.#retryMs = FIRST_RETRY_MS;
      if (this.#waiting[0] === first) this.#waiting.shift();
    }
    return undefined;
  }

  async #tellOne(one: Waiting, signal: AbortSignal): Promise<string | undefined> {
    const { notifier, withinMs } = this.settings;
    const call = {
      port: "notifier",
      operation: "notify",
      event: one.event,
      ...(notifier !== undefined && { name: notifier }),
    } as const;
    const asked = await this.client.ask(call, withinMs, asTold, signal);
    if (asked.ok && asked.answer.ok) return undefined;
    const reason = asked.ok
      ? `the function says: ${(asked.answer as { reason: string }).reason}`
      : asked.reason;
    if (asked.ok || !(asked.isUnknown || signal.aborted)) one.refusals += 1;
    if (one.refusals >= MAX_REFUSALS && this.#waiting[0] === one) this.#dropFirst(reason);
    return reason;
  }

  #retryLater(): void {
    if (this.#ended.signal.aborted) return;
    this.#cancelRetry();
    this.#cancelRetry = this.clock.wakeAt(this.clock.nowMs() + this.#retryMs, () => void this.#retry());
    this.#retryMs = Math.min(2 * this.#retryMs, LONGEST_RETRY_MS);
  }

  async #retry(): Promise<void> {
    const before = this.#waiting.length;
    if (before === 0 || this.#telling !== undefined) return;
    if ((await this.#tellAll(this.#ended.signal)) === undefined)
      this.log.info("notifier.caught-up", { events: before });
  }
}
