// Chance that can be had again: what the classes choose comes from one seed, which is printed and can be given.
import { SeededRandom } from "@systole/core/engine";

export class Dice {
  private readonly numbers: SeededRandom;

  constructor(seed: number, name: string) {
    // FNV-1a over the name: a class chooses the same whether it runs alone or among the others.
    let hash = (0x811c9dc5 ^ seed) >>> 0;
    for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    this.numbers = new SeededRandom(hash);
  }

  /** 0 to `below`, not included. */
  number(below: number): number {
    return Math.floor(this.numbers.next() * below);
  }

  one<T>(among: readonly T[]): T {
    const found = among[this.number(among.length)];
    if (found === undefined) throw new Error("there is nothing to choose from");
    return found;
  }

  /** In another order. */
  shuffled<T>(all: readonly T[]): readonly T[] {
    const left = [...all];
    return all.flatMap(() => left.splice(this.number(left.length), 1));
  }

  isHead(): boolean {
    return this.number(2) === 1;
  }
}

/** From SYSTOLE_CTS_SEED, else a fresh one. */
export function seedOfRun(): number {
  const given = process.env.SYSTOLE_CTS_SEED;
  const seed = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new Error(`SYSTOLE_CTS_SEED=${given}: a number from 0 on`);
  return seed;
}
