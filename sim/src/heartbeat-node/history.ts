// What was said, to be sent again to who asks; what all have acknowledged is forgotten after a while.
import type { Message } from "@systole/core/ports";
import { BOUNDS, TIMES } from "./limits.js";

interface Said {
  readonly message: Message;
  readonly atMs: number;
  resentMs: number;
}

export type Again =
  | { readonly kind: "message"; readonly message: Message }
  | { readonly kind: "refused"; readonly why: "seqno too low" | "seqno not found" }
  /** Not known yet, or sent again a moment ago. */
  | { readonly kind: "nothing" };

export class History {
  private readonly said = new Map<number, Said>();
  /** The highest number that is not kept any more. */
  private gone = 0;
  private highest = 0;

  add(seq: number, message: Message, nowMs: number): void {
    this.said.set(seq, { message, atMs: nowMs, resentMs: Number.NEGATIVE_INFINITY });
    this.highest = seq;
    if (this.said.size > BOUNDS.history) this.drop(seq - BOUNDS.history);
  }

  /** Everybody has everything below `acked`. */
  trim(acked: number, nowMs: number): void {
    for (const [seq, { atMs }] of this.said) {
      if (seq >= acked || nowMs - atMs < TIMES.historyKeepMs) return;
      this.drop(seq);
    }
  }

  again(seq: number, nowMs: number): Again {
    if (seq <= this.gone) return { kind: "refused", why: "seqno too low" };
    if (seq > this.highest) return { kind: "nothing" };
    const said = this.said.get(seq);
    if (said === undefined) return { kind: "refused", why: "seqno not found" };
    if (nowMs - said.resentMs < TIMES.resendPauseMs) return { kind: "nothing" };
    said.resentMs = nowMs;
    return { kind: "message", message: said.message };
  }

  get size(): number {
    return this.said.size;
  }

  private drop(seq: number): void {
    this.said.delete(seq);
    this.gone = Math.max(this.gone, seq);
  }
}
