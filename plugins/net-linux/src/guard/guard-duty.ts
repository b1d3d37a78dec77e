// When a guard removes which addresses. Pure: time is an argument, in ms of the kernel's monotonic clock.
import type { GuardedAddress } from "@systole/sdk";
import type { GuardOrder } from "./guard-lines.js";

export type Judgement =
  /** Nothing to be done before `untilMs` unless something is heard. */
  | { readonly kind: "rest"; readonly untilMs: number }
  | { readonly kind: "remove"; readonly silentMs: number; readonly silence: number };

export class GuardDuty {
  private readonly addresses = new Map<string, GuardedAddress>();
  private lastBeatMs = Number.NEGATIVE_INFINITY;
  /** Counts what ends a silence, or gives a further address to one. */
  private silence = 0;
  /** The one that is dealt with, each once: what somebody puts there after that is their affair. */
  private dealtWith: number | undefined;

  constructor(private readonly afterMs: number) {}

  /** What this host must not have without the daemon. */
  get held(): readonly GuardedAddress[] {
    return [...this.addresses.values()];
  }

  hear(order: GuardOrder, nowMs: number): void {
    switch (order.kind) {
      case "beat":
        if (order.atMs <= this.lastBeatMs) return;
        this.lastBeatMs = order.atMs;
        this.silence += 1;
        return;
      case "hold":
        // Before the first sign of life this is one: the daemon has just decided to serve.
        if (this.lastBeatMs === Number.NEGATIVE_INFINITY) this.lastBeatMs = nowMs;
        this.addresses.set(keyOf(order.address), order.address);
        this.silence += 1;
        return;
      case "let-go":
        this.addresses.delete(keyOf(order.address));
    }
  }

  /**
   * Call it with everything read that was written before: signs of life say themselves when they were given, so that a guard
   * which was late itself accuses nobody.
   */
  judge(nowMs: number): Judgement {
    if (this.dealtWith === this.silence || this.addresses.size === 0)
      return { kind: "rest", untilMs: Number.POSITIVE_INFINITY };
    const silentMs = nowMs - this.lastBeatMs;
    return silentMs < this.afterMs
      ? { kind: "rest", untilMs: this.lastBeatMs + this.afterMs }
      : { kind: "remove", silentMs, silence: this.silence };
  }

  /** What a judgement asked for is done, or cannot be done. */
  settle(silence: number): void {
    this.dealtWith = silence;
  }
}

function keyOf({ address, prefixLength, interface: name }: GuardedAddress): string {
  return `${address}/${prefixLength} ${name}`;
}
