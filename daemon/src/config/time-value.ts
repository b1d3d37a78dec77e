// Times as ha.cf writes them: `2` and `0.5` are seconds, `250ms` and `1500us` say their unit.

export type TimeValue =
  | { readonly ok: true; readonly ms: number }
  | { readonly ok: false; readonly hint: string };

/** Longest time that makes sense here; longer ones would overflow a timer. */
const MAX_MS = 7 * 24 * 3600 * 1000;

const TIME = /^(\d+(?:\.\d*)?|\.\d+)([a-z]*)$/i;
const MS_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ["", 1000],
  ["ms", 1],
  ["msec", 1],
  ["us", 0.001],
  ["usec", 0.001],
]);

/** Milliseconds, rounded to whole ones; `hint` completes the sentence "… is not a time: …". */
export function parseTime(text: string): TimeValue {
  const parts = TIME.exec(text);
  const amount = Number(parts?.[1]);
  const unit = parts?.[2] ?? "";
  if (parts === null || !Number.isFinite(amount)) {
    return { ok: false, hint: "write seconds as `2`, or say the unit as in `250ms`" };
  }
  const msPerUnit = MS_PER_UNIT.get(unit);
  if (msPerUnit === undefined) {
    if (/^s(ec(onds?)?)?$/i.test(unit)) {
      return {
        ok: false,
        hint: `seconds have no unit: write \`${amount}\` or \`${Math.round(amount * 1000)}ms\``,
      };
    }
    return { ok: false, hint: `there is no unit \`${unit}\`: write seconds as \`2\`, or \`ms\`, \`us\`` };
  }
  const ms = Math.round(amount * msPerUnit);
  if (ms > MAX_MS) return { ok: false, hint: "it is longer than a week" };
  return { ok: true, ms };
}

/** `2 s` or `250 ms`, for messages. */
export function formatMs(ms: number): string {
  return ms >= 1000 && ms % 100 === 0 ? `${ms / 1000} s` : `${ms} ms`;
}
