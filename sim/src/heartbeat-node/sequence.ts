// The numbers of one sender's messages: what is new, what is missing and has to be asked for, what to acknowledge.
import { BOUNDS, TIMES } from "./limits.js";

/** `ack`: the number to acknowledge. */
export type Verdict = { readonly accepted: false } | { readonly accepted: true; readonly ack?: number };

const ACCEPTED: Verdict = { accepted: true };
const DROPPED: Verdict = { accepted: false };

export class Sequence {
  private last: number | undefined;
  /** Number → when it is asked for next. */
  private readonly missing = new Map<number, number>();
  private readonly trigger: number;

  constructor(
    private readonly random: () => number,
    private readonly maxDelayMs: number,
  ) {
    this.trigger = Math.floor(random() * BOUNDS.ackEvery);
  }

  forget(): void {
    this.last = undefined;
    this.missing.clear();
  }

  /** `begins`: the message is the first of a new life of its sender, or of its return. */
  take(seq: number, nowMs: number, begins: boolean): Verdict {
    const { last } = this;
    if (last === undefined || seq === last + 1) {
      this.last = seq;
      const first = this.firstMissing();
      const timely = first === undefined || seq <= first;
      return timely && seq % BOUNDS.ackEvery === this.trigger ? { accepted: true, ack: seq } : ACCEPTED;
    }
    if (seq > last) {
      this.gap(last, seq, nowMs);
      return ACCEPTED;
    }
    if (this.missing.has(seq)) return this.fill(seq, last);
    if (seq === last || !begins) return DROPPED;
    this.forget();
    this.last = seq;
    return ACCEPTED;
  }

  /** It will never come. */
  givenUp(seq: number): boolean {
    return this.missing.delete(seq);
  }

  /** Numbers to ask for now; each is asked for again after the longest delay. */
  due(nowMs: number): readonly number[] {
    const due = [...this.missing].filter(([, atMs]) => atMs <= nowMs).map(([seq]) => seq);
    for (const seq of due) this.missing.set(seq, nowMs + this.maxDelayMs);
    return due;
  }

  dueAtMs(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.missing.values());
  }

  private gap(last: number, seq: number, nowMs: number): void {
    this.last = seq;
    if (seq - last - 1 > BOUNDS.lostMessages) {
      this.missing.clear();
      return;
    }
    const least = this.maxDelayMs < 100 ? 0 : TIMES.firstRequestMinMs;
    for (let lost = last + 1; lost < seq; lost += 1) {
      if (this.missing.size >= BOUNDS.missing) return;
      this.missing.set(lost, nowMs + least + this.random() * (this.maxDelayMs - least));
    }
  }

  private fill(seq: number, last: number): Verdict {
    const lowest = this.firstMissing() === seq;
    this.missing.delete(seq);
    if (!lowest) return ACCEPTED;
    const first = this.firstMissing();
    const whole = first === undefined ? last : first - 1;
    const ack = whole - ((whole - this.trigger + BOUNDS.ackEvery) % BOUNDS.ackEvery);
    return ack >= seq ? { accepted: true, ack } : ACCEPTED;
  }

  private firstMissing(): number | undefined {
    return this.missing.size === 0 ? undefined : Math.min(...this.missing.keys());
  }
}
