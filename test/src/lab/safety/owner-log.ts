// What the observers of a run saw, as one line of time: who had the address, who answered there, and for how long two did.

/** What an observer says of its node, from `atMs` (monotonic) on. */
export interface Sight {
  readonly atMs: number;
  readonly configured: boolean;
  readonly answers: boolean;
  /** How long before `atMs` it had not looked, when that was long. */
  readonly blindMs?: number;
}

type Aspect = "configured" | "answers";

interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly nodes: readonly string[];
}

const LIMIT = 20_000;

export class OwnerLog {
  private readonly sights = new Map<string, Sight[]>();

  add(node: string, sight: Sight): void {
    const seen = this.sights.get(node) ?? [];
    seen.push(sight);
    if (seen.length > LIMIT) seen.splice(0, LIMIT / 2);
    this.sights.set(node, seen);
  }

  /** The nodes of which the last thing seen is that they answer. */
  answering(): readonly string[] {
    return [...this.sights].filter(([, seen]) => seen.at(-1)?.answers === true).map(([node]) => node);
  }

  /** When last it changed who answers; -Infinity before anything was seen. */
  changedMs(): number {
    return Math.max(
      -Infinity,
      ...[...this.sights.values()].map(
        (seen) =>
          seen.findLast((one, index) => one.answers !== (seen[index - 1]?.answers ?? false))?.atMs ??
          -Infinity,
      ),
    );
  }

  /** The longest unbroken time in `fromMs..toMs` in which more than one node answered (or had the address). */
  longestWithTwo(aspect: Aspect, fromMs: number, toMs: number): number {
    let longest = 0;
    let beganMs: number | undefined;
    for (const { fromMs: startMs, toMs: endMs, nodes } of this.stretches(aspect, fromMs, toMs)) {
      if (nodes.length < 2) beganMs = undefined;
      else {
        beganMs ??= startMs;
        longest = Math.max(longest, endMs - beganMs);
      }
    }
    return longest;
  }

  /** The longest time in `fromMs..toMs` in which an observer did not look. */
  longestBlind(fromMs: number, toMs: number): number {
    const blind = [...this.sights.values()]
      .flat()
      .filter(({ atMs, blindMs = 0 }) => atMs >= fromMs && atMs - blindMs <= toMs)
      .map(({ blindMs = 0 }) => blindMs);
    return Math.max(0, ...blind);
  }

  /** Time cut where anybody changed. A node is what it was last seen to be; before that it has nothing. */
  private stretches(aspect: Aspect, fromMs: number, toMs: number): readonly Stretch[] {
    const cuts = [...this.sights.values()].flat().map(({ atMs }) => atMs);
    const times = [fromMs, ...cuts.filter((atMs) => atMs > fromMs && atMs < toMs), toMs].toSorted(
      (a, b) => a - b,
    );
    return times.slice(0, -1).map((startMs, index) => ({
      fromMs: startMs,
      toMs: times[index + 1] ?? toMs,
      nodes: [...this.sights]
        .filter(([, seen]) => seen.findLast(({ atMs }) => atMs <= startMs)?.[aspect] === true)
        .map(([node]) => node),
    }));
  }
}
