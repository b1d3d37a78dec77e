// Remembers which numbers of a sender were seen: the highest, and of those shortly below it each one.
import { REPLAY_WINDOW } from "./limits.js";

const WORD_BITS = 32;
const WORDS = REPLAY_WINDOW / WORD_BITS;

export class ReplayWindow {
  readonly #seen = new Uint32Array(WORDS);
  #floor = 0;
  #highest = 0;

  get highest(): number {
    return this.#highest;
  }

  /** True for a number that was not seen, and is not so old that nobody knows. Numbers begin at 1. */
  admits(number: number): boolean {
    if (number <= this.#floor || number + REPLAY_WINDOW - WORD_BITS <= this.#highest) return false;
    return number > this.#highest || !this.#has(number);
  }

  /** Nothing up to this number counts from now on. */
  refuseUpTo(number: number): void {
    this.#floor = Math.max(this.#floor, number);
  }

  /** Notes a number that `admits` has let pass. */
  note(number: number): void {
    if (number > this.#highest) this.#forget(number);
    const word = this.#wordOf(number);
    this.#seen[word] = (this.#seen[word] ?? 0) | (1 << (number % WORD_BITS));
  }

  /** Makes room: words that the new highest number reaches for the first time hold numbers of the round before. */
  #forget(highest: number): void {
    const from = Math.floor(this.#highest / WORD_BITS);
    const steps = Math.min(WORDS, Math.floor(highest / WORD_BITS) - from);
    for (let step = 1; step <= steps; step += 1) this.#seen[(from + step) % WORDS] = 0;
    if (steps === WORDS) this.#seen.fill(0);
    this.#highest = highest;
  }

  #has(number: number): boolean {
    return ((this.#seen[this.#wordOf(number)] ?? 0) & (1 << (number % WORD_BITS))) !== 0;
  }

  #wordOf(number: number): number {
    return Math.floor(number / WORD_BITS) % WORDS;
  }
}
