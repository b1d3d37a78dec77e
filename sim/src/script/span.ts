// Spans of time as operators write them: 100ms, 1.5s, 2min, 1h.

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

/** Throws when it is no span. */
export function parseSpan(text: string): number {
  const [, number = "", unit = ""] = /^([+-]?\d+(?:\.\d+)?)(ms|s|min|h)$/.exec(text) ?? [];
  const unitMs = UNITS_MS[unit];
  if (unitMs === undefined) throw new Error(`"${text}" is no span of time; write 100ms, 1.5s, 2min or 1h`);
  return Number(number) * unitMs;
}

/** The same span, whatever unit says it in whole numbers. */
export function spanText(ms: number): string {
  for (const unit of ["h", "min", "s"]) {
    const unitMs = UNITS_MS[unit] ?? 1;
    if (ms !== 0 && ms % unitMs === 0) return `${ms / unitMs}${unit}`;
  }
  return `${ms}ms`;
}
