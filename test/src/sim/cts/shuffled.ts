// Names in an order that a seed decides.
import type { Random } from "@systole/sim";

export function shuffled(random: Random, names: readonly string[]): readonly string[] {
  const left = [...names];
  return names.map(() => left.splice(random.below(left.length), 1)).flat();
}

/** At least one of them, and not all. */
export function someOf(random: Random, names: readonly string[]): readonly string[] {
  return shuffled(random, names).slice(0, 1 + random.below(names.length - 1));
}
