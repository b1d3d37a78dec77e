// Tries one door with input after input. What leads to an outcome that was not seen before is changed further: that is all the
// guidance there is.
import { bytesOf, type Door } from "./door.js";
import { keptInputs } from "./corpus.js";
import { mutated } from "./mutate.js";
import { Random, seedFor } from "./random.js";
import { tryInput } from "./try-input.js";

/** Different outcomes that are told apart, and inputs that are remembered of each. */
const MAX_OUTCOMES = 400;
const MAX_OF_ONE = 12;

export interface Finding {
  readonly bytes: Uint8Array;
  readonly why: string;
  readonly error: unknown;
}

export class Fuzzer {
  executions = 0;
  readonly #random: Random;
  readonly #first: Uint8Array[];
  readonly #pool = new Map<string, Uint8Array[]>();

  constructor(
    private readonly door: Door,
    seed: number,
    private readonly slowMs?: number,
  ) {
    this.#random = new Random(seedFor(door.name, seed));
    this.#first = [...door.seeds.map(bytesOf), ...keptInputs(door.name).map(({ bytes }) => bytes)];
  }

  get outcomes(): readonly string[] {
    return [...this.#pool.keys()];
  }

  /** The shortest input that led there. */
  shortestOf(outcome: string): Uint8Array | undefined {
    return this.#pool.get(outcome)?.toSorted((one, other) => one.length - other.length)[0];
  }

  /** One more input; what it broke, if it did. `about`: told the input before it is tried. */
  async step(about: (bytes: Uint8Array) => void = () => undefined): Promise<Finding | undefined> {
    const bytes = this.#first.shift() ?? this.#next();
    about(bytes);
    this.executions += 1;
    const outcome = await tryInput(this.door, bytes, this.slowMs);
    if (!outcome.kept) return { bytes, why: outcome.why, error: outcome.error };
    this.#remember(outcome.word, bytes);
    return undefined;
  }

  #next(): Uint8Array {
    const random = this.#random;
    return mutated(this.#some(), { random, words: this.door.words ?? [], other: () => this.#some() });
  }

  /** Each outcome is as likely as the others, however often it comes. */
  #some(): Uint8Array {
    const inputs = this.#random.of([...this.#pool.values()]) ?? [];
    return this.#random.of(inputs) ?? new Uint8Array();
  }

  #remember(outcome: string, bytes: Uint8Array): void {
    const known = this.#pool.get(outcome);
    if (known === undefined) {
      if (this.#pool.size < MAX_OUTCOMES) this.#pool.set(outcome, [bytes]);
      return;
    }
    if (known.length < MAX_OF_ONE) known.push(bytes);
    else if (this.#random.below(8) === 0) known[this.#random.below(MAX_OF_ONE)] = bytes;
  }
}
