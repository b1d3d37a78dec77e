// Numbers that look random and are the same for the same seed, so that a run of the fuzzer can be had again.

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 32 bits (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
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
