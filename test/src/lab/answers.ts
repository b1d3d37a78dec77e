// What the lab's client saw: a bounded record of attempts, and the one figure that users feel, the longest gap.

export interface Attempt {
  /** Monotonic ms. */
  readonly sentMs: number;
  readonly doneMs: number;
  /** Node whose page came back; absent when the attempt failed. */
  readonly answeredBy?: string;
  readonly failure?: string;
}

const LIMIT = 100_000;

/** The attempts of the last minutes, oldest first by completion. */
export class AnswerLog {
  private attempts: Attempt[] = [];
  private readonly listeners = new Set<(attempt: Attempt) => void>();

  constructor(readonly intervalMs: number) {}

  add(attempt: Attempt): void {
    this.attempts.push(attempt);
    if (this.attempts.length > LIMIT) this.attempts = this.attempts.slice(LIMIT / 2);
    for (const listener of this.listeners) listener(attempt);
  }

  /** Returns how to stop listening. */
  onAttempt(listener: (attempt: Attempt) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Attempts completed from `fromMs` on. */
  since(fromMs: number): readonly Attempt[] {
    let start = this.attempts.length;
    while (start > 0 && (this.attempts[start - 1]?.doneMs ?? 0) >= fromMs) start -= 1;
    return this.attempts.slice(start);
  }

  /** First good answer completed at or after `fromMs`. */
  firstGood(fromMs: number): Attempt | undefined {
    return this.since(fromMs).find((attempt) => attempt.answeredBy !== undefined);
  }

  /** See `longestGapMs`. A second earlier is looked at for the good answer before the act. */
  longestGap(fromMs: number, toMs: number): number {
    return longestGapMs(this.since(fromMs - 1000), fromMs, toMs, this.intervalMs);
  }
}

/**
 * The longest time in `fromMs..toMs` that a user was without answers: from the completion of the last good answer before a
 * failed attempt to the completion of the first good one after it, minus the interval at which attempts are made anyway.
 * 0 when no attempt failed. Before any good answer the gap counts from `fromMs`; after the last, to `toMs`.
 */
export function longestGapMs(
  attempts: readonly Attempt[],
  fromMs: number,
  toMs: number,
  intervalMs: number,
): number {
  const good = attempts.filter((one) => one.answeredBy !== undefined && one.doneMs <= toMs);
  const failed = attempts.filter((one) => one.answeredBy === undefined);
  const before = good.findLast((one) => one.doneMs <= fromMs);
  const after = good.filter((one) => one.doneMs > fromMs).toSorted((a, b) => a.doneMs - b.doneMs);
  let longest = 0;
  let lastDoneMs = before?.doneMs ?? fromMs;
  let lastSentMs = before?.sentMs ?? fromMs;
  const close = (sentMs: number, doneMs: number): void => {
    if (failed.some((one) => one.sentMs >= lastSentMs && one.sentMs <= sentMs)) {
      longest = Math.max(longest, doneMs - lastDoneMs - intervalMs);
    }
    lastDoneMs = doneMs;
    lastSentMs = sentMs;
  };
  for (const one of after) close(one.sentMs, one.doneMs);
  close(toMs, toMs);
  return Math.max(0, longest);
}

/** Names in the order in which they first answered. */
export function namesOf(attempts: readonly Attempt[]): string[] {
  return [...new Set(attempts.flatMap((one) => (one.answeredBy === undefined ? [] : [one.answeredBy])))];
}
