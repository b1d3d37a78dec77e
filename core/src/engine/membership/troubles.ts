// What is wrong among the nodes and needs a person: shown as long as it is seen, so that it is found after the log is gone.
import { LIMITS } from "../limits.js";

export class Troubles {
  private readonly seen = new Map<string, { sentence: string; atMs: number }>();
  private nowMs = Number.NEGATIVE_INFINITY;

  /** `key` tells two troubles apart; the same one again is shown once. True: it was not there before. */
  note(key: string, sentence: string): boolean {
    const isNew = !this.seen.has(key);
    if (isNew && this.seen.size >= LIMITS.troubles) return false;
    this.seen.set(key, { sentence, atMs: this.nowMs });
    return isNew;
  }

  /** Time goes on; what has not been seen for long is over. */
  advance(nowMs: number): void {
    this.nowMs = nowMs;
    for (const [key, { atMs }] of this.seen) if (nowMs - atMs > LIMITS.troubleMs) this.seen.delete(key);
  }

  list(): readonly string[] {
    return [...this.seen.values()].map(({ sentence }) => sentence);
  }
}
