// The messages that this node has sent lately, to send again to who missed one.
import type { Message } from "../../ports/index.js";
import { LIMITS } from "../limits.js";

interface Sent {
  readonly sequence: number;
  readonly message: Message;
  sentAtMs: number;
}

export type Recall =
  | { readonly kind: "found"; readonly message: Message }
  /** Sent again a moment ago. */
  | { readonly kind: "paused" }
  | { readonly kind: "too-old" }
  | { readonly kind: "unknown" };

export class History {
  private readonly sent: Sent[] = [];

  add(sequence: number, message: Message, nowMs: number): void {
    this.sent.push({ sequence, message, sentAtMs: nowMs - LIMITS.retransmitPauseMs });
    if (this.sent.length > LIMITS.history) this.sent.shift();
  }

  /** Finds a message to send again, and notes that it was. */
  recall(sequence: number, nowMs: number): Recall {
    const oldest = this.sent[0];
    if (oldest !== undefined && sequence < oldest.sequence) return { kind: "too-old" };
    const entry = this.sent.find((candidate) => candidate.sequence === sequence);
    if (entry === undefined) return { kind: "unknown" };
    if (nowMs - entry.sentAtMs < LIMITS.retransmitPauseMs) return { kind: "paused" };
    entry.sentAtMs = nowMs;
    return { kind: "found", message: entry.message };
  }

  /** Everything up to `sequence` is known to have arrived everywhere. */
  forget(sequence: number): void {
    while (this.sent[0] !== undefined && this.sent[0].sequence <= sequence) this.sent.shift();
  }
}
