// Numbers that look random and are the same for the same seed, so that a run of the fuzzer can be had again.
import { SeededRandom } from "@systole/core/engine";

export class Random {
  readonly #numbers: SeededRandom;

  constructor(seed: number) {
    this.#numbers = new SeededRandom(seed);
  }

  /** 32 bits. */
  next(): number {
    return this.#numbers.next() * 2 ** 32;
  }

  /** From 0 to `end`, without it; 0 when there is nothing. */
  below(end: number): number {
    return end <= 0 ? 0 : this.next() % end;
  }

  /** Small ones are likelier. */
  size(most: number): number {
    return this.below(1 + this.below(1 + this.below(most)));
  }

  of<Item>(items: readonly Item[]): Item | undefined {
    return items[this.below(items.length)];
  }
}

/** The seed of one target's run: targets do not share their numbers, in whatever order they come. */
export function seedFor(name: string, seed: number): number {
  let mixed = seed >>> 0;
  for (const character of name) mixed = Math.imul(mixed ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return mixed;
}
