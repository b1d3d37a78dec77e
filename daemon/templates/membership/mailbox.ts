// Letters between this node and one other: each is repeated until it was acknowledged, and handed over once.
import type { Message } from "@systole/sdk";
import type { Letter } from "./wire.js";

/** Letters that wait for an acknowledgement at once, and numbers that may come before a missing one. */
const MOST_WAITING = 500;
/** Letters sent again at once. */
const MOST_REPEATED = 20;

interface Waiting {
  readonly message: Message;
  sentMs: number;
}

export class Mailbox {
  /** Sent and not acknowledged, by number. */
  private readonly waiting = new Map<number, Waiting>();
  private lastNumber = 0;
  /** Every number up to this one was heard, or will never come. */
  private through = 0;
  /** Heard beyond a gap. */
  private readonly early = new Set<number>();

  /** Numbers a message. Undefined when too many wait: the other does not keep up, or is about to be found dead. */
  post(message: Message, nowMs: number): number | undefined {
    if (this.waiting.size >= MOST_WAITING) return undefined;
    this.lastNumber += 1;
    this.waiting.set(this.lastNumber, { message, sentMs: nowMs });
    return this.lastNumber;
  }

  acknowledged(through: number): void {
    for (const number of this.waiting.keys()) if (number <= through) this.waiting.delete(number);
  }

  /** Letters that have waited for longer than `afterMs`, to be sent again. */
  overdue(afterMs: number, nowMs: number): readonly (readonly [number, Message])[] {
    const late = [...this.waiting].filter(([, { sentMs }]) => nowMs - sentMs >= afterMs);
    return late.slice(0, MOST_REPEATED).map(([number, letter]) => {
      letter.sentMs = nowMs;
      return [number, letter.message];
    });
  }

  lowest(): number {
    return this.waiting.keys().next().value ?? this.lastNumber + 1;
  }

  /** Whether a letter is new. */
  take({ number, lowest }: Letter): boolean {
    this.skipTo(lowest - 1);
    const isNew = number > this.through && number <= this.through + MOST_WAITING && !this.early.has(number);
    if (!isNew) return false;
    this.early.add(number);
    this.skipTo(this.through);
    return true;
  }

  heardThrough(): number {
    return this.through;
  }

  /** The other lives anew: what it will say has new numbers, and what it was told is forgotten. */
  restart(): void {
    this.giveUp();
    this.through = 0;
    this.early.clear();
  }

  /** Nobody is there to acknowledge. */
  giveUp(): void {
    this.waiting.clear();
  }

  private skipTo(number: number): void {
    this.through = Math.max(this.through, number);
    for (const early of this.early) if (early <= this.through) this.early.delete(early);
    while (this.early.delete(this.through + 1)) this.through += 1;
  }
}
