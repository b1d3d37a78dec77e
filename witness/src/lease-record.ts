// What a witness keeps of a cluster, as text and back.

export interface LeaseRecord {
  /** Grows with each change of the holder. */
  readonly epoch: number;
  /** Empty: nobody has it. */
  readonly holder: string;
  /** By the clock of that name; 0 when nobody has it. */
  readonly untilMs: number;
  /** The longest that was given to this holder since it has it. */
  readonly ttlMs: number;
  /** Before this moment, by the clock of that name, nothing is granted: an earlier lease may still run. */
  readonly readyAtMs: number;
  readonly clock: string;
  /** By node: the date of the newest question that was taken of it. One that is not newer is a replay. Since 1970. */
  readonly askedAtMs: Readonly<Record<string, number>>;
}

export function recordText(record: LeaseRecord): string {
  return JSON.stringify({ v: 1, ...record });
}

/** Undefined for what no witness of this version has written. */
export function parseRecord(text: string): LeaseRecord | undefined {
  try {
    const value = JSON.parse(text) as LeaseRecord & { readonly v: unknown };
    const { epoch, holder, untilMs, ttlMs, readyAtMs, clock, askedAtMs } = value;
    const numbers = [epoch, untilMs, ttlMs, readyAtMs, ...Object.values(askedAtMs)];
    if (value.v !== 1 || !numbers.every(Number.isFinite) || !Number.isSafeInteger(epoch)) return undefined;
    if (typeof holder !== "string" || typeof clock !== "string") return undefined;
    if (typeof askedAtMs !== "object" || Array.isArray(askedAtMs)) return undefined;
    return { epoch, holder, untilMs, ttlMs, readyAtMs, clock, askedAtMs };
  } catch {
    return undefined;
  }
}
