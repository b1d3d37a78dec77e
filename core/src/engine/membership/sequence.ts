// Which messages of one peer have arrived: order is not promised, each is taken at most once, gaps are remembered.
import { LIMITS } from "../limits.js";

export type Arrival =
  | { readonly kind: "in-order" }
  /** Newer than the next one: `missing` lists the gap. */
  | { readonly kind: "gap"; readonly missing: readonly number[] }
  /** Too many are gone to ask for: tracking starts anew. */
  | { readonly kind: "reset"; readonly lost: number }
  | { readonly kind: "late" }
  | { readonly kind: "duplicate" };

export class SequenceTracker {
  private last: number | undefined;
  private readonly missing = new Set<number>();

  /** Takes in the sequence number of a message; only `duplicate` means that the message must be dropped. */
  accept(sequence: number): Arrival {
    const last = this.last;
    if (last === undefined || sequence === last + 1) {
      this.last = sequence;
      return { kind: "in-order" };
    }
    if (sequence <= last) {
      return this.missing.delete(sequence) ? { kind: "late" } : { kind: "duplicate" };
    }
    this.last = sequence;
    const lost = sequence - last - 1;
    if (lost > LIMITS.lostMessages || this.missing.size + lost > LIMITS.history) {
      this.missing.clear();
      return { kind: "reset", lost };
    }
    const missing = Array.from({ length: lost }, (_, index) => last + 1 + index);
    for (const sequenceNumber of missing) this.missing.add(sequenceNumber);
    return { kind: "gap", missing };
  }

  /** Gives a message up: it cannot be had any more. */
  abandon(sequence: number): void {
    this.missing.delete(sequence);
  }

  /** Up to which message everything has arrived; undefined before the first. */
  complete(): number | undefined {
    if (this.last === undefined || this.missing.size === 0) return this.last;
    return Math.min(...this.missing) - 1;
  }
}

/** The value to acknowledge when everything up to `complete` is here: the greatest one with the agreed residue. */
export function acknowledgeable(complete: number, residue: number): number {
  const value = complete - ((((complete - residue) % LIMITS.ackEvery) + LIMITS.ackEvery) % LIMITS.ackEvery);
  return Math.max(0, value);
}
