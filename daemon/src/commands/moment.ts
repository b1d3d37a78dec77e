// Moments and spans as operators write them on the command line.
import { InvalidArgumentError } from "commander";

const SPAN = /^(\d+(?:\.\d+)?)(ms|s|m|min|h|d)$/;
const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(\.\d{1,3})?)?$/;
const ADVICE = "Write `10:02`, `2026-11-25 10:02:11`, or how long ago: `30s`, `15m`, `1h`, `2d`.";

/** A time of day is the last such time before `nowMs`, in local time; a span is so long before it. Milliseconds since 1970. */
export function parseMoment(text: string, nowMs: number): number {
  const [, amount, unit = ""] = SPAN.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  if (unitMs !== undefined) return nowMs - Number(amount) * unitMs;
  const clock = CLOCK.exec(text);
  if (clock !== null) {
    const [, hours, minutes, seconds = 0, rest = 0] = clock;
    const moment = new Date(nowMs);
    moment.setHours(Number(hours), Number(minutes), Number(seconds), Number(rest) * 1000);
    if (moment.getTime() > nowMs) moment.setDate(moment.getDate() - 1);
    return moment.getTime();
  }
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text.replace(/ (?=\d)/, "T")) : Number.NaN;
  if (Number.isNaN(ms)) throw new InvalidArgumentError(ADVICE);
  return ms;
}
