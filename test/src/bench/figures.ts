// From the runs of an act to the figures one may quote: median with its range, and how many times longer others take.

export interface Figures {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly values: readonly number[];
}

/** Undefined when there is no value. */
export function figuresOf(values: readonly number[]): Figures | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const min = sorted[0];
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) return undefined;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? min;
  const upper = sorted[Math.floor(sorted.length / 2)] ?? min;
  return { median: (lower + upper) / 2, min, max, values };
}

/** How many times longer `other` takes than `own`, by medians; undefined where a 0 makes that meaningless. */
export function ratioOf(own: Figures | undefined, other: Figures | undefined): number | undefined {
  if (own === undefined || other === undefined || own.median === 0 || other.median === 0) return undefined;
  return Math.round((other.median / own.median) * 100) / 100;
}
