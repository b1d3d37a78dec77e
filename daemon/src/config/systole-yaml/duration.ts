// Times as systole.yaml writes them, always with their unit: `500ms`, `2s`, `10m`, `1h`.
import { z } from "zod";

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;
const MS_PER_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
/** Longest time that makes sense here; longer ones would overflow a timer. */
const MAX_MS = 7 * 24 * 3_600_000;
const ADVICE = "write a time with its unit, such as `500ms`, `2s` or `10m`";

function millisecondsOf(text: string): number {
  const [, amount, unit = ""] = DURATION.exec(text) ?? [];
  return Math.round(Number(amount) * (MS_PER_UNIT[unit] ?? Number.NaN));
}

/** As a file would write it. */
export function durationText(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

export interface DurationBounds {
  readonly leastMs: number;
  /** What `0s` means, where it means something: it is then allowed below the least. */
  readonly zero?: string;
}

/** Text in, whole milliseconds out. */
export function duration({ leastMs, zero }: DurationBounds) {
  const least = durationText(leastMs);
  const instead = zero === undefined ? "" : `, or \`0s\` for ${zero}`;
  const isEnough = (ms: number) => ms >= leastMs || (ms === 0 && zero !== undefined);
  return z
    .string(ADVICE)
    .regex(DURATION, ADVICE)
    .refine((text) => isEnough(millisecondsOf(text)), `write at least \`${least}\`${instead}`)
    .refine((text) => millisecondsOf(text) <= MAX_MS, "write at most a week, which is `168h`")
    .transform(millisecondsOf);
}
