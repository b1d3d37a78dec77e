// The one source of chance of a simulation: the same seed, the same numbers, on every machine.
import { SeededRandom } from "@systole/core/engine";

export class Random {
  private readonly numbers: SeededRandom;

  constructor(seed: number) {
    // Seeds that differ by one must not begin alike.
    this.numbers = new SeededRandom(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b));
  }

  /** At least 0, below 1. */
  next(): number {
    return this.numbers.next();
  }

  /** A whole number below `count`. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  /** Throws when there is nothing to pick from. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }

  /** A seed for another source. */
  seed(): number {
    return Math.floor(this.next() * 4_294_967_296);
  }
}
