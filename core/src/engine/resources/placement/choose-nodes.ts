// Which nodes get the instances of one group: the best by score, then the one with the fewest resources, then where it runs, then by name.
import { compareNames, type Situation } from "./situation.js";
import { isUsable } from "./colocation.js";
import { compareScores, NO_SCORE, type NodeScore, type Scores } from "./score.js";

export interface Wanted {
  readonly count: number;
  readonly perNode: number;
  /** Instances that are there and stay, by node: they take room. */
  readonly taken: ReadonlyMap<string, number>;
  /** Where it runs now. */
  readonly current: ReadonlySet<string>;
  readonly scores: Scores;
  /** Resources that were placed on each node before. */
  readonly load: ReadonlyMap<string, number>;
  /** What one instance adds to that. */
  readonly weight: number;
}

/** As many as there is room for, at most `count`. */
export function chooseNodes(wanted: Wanted, situation: Situation): readonly string[] {
  const taken = new Map(wanted.taken);
  const load = new Map(wanted.load);
  const chosen: string[] = [];
  const usable = [...wanted.scores.keys()].filter(
    (node) => isUsable(node, situation) && (wanted.scores.get(node)?.score ?? -1) >= 0,
  );
  while (chosen.length < wanted.count) {
    const open = usable.filter((node) => (taken.get(node) ?? 0) < wanted.perNode);
    // A second instance on a node only when no node is left without one.
    const fewest = Math.min(...open.map((node) => taken.get(node) ?? 0));
    const best = open
      .filter((node) => (taken.get(node) ?? 0) === fewest)
      .toSorted((a, b) => compareNodes(a, b, wanted, load))[0];
    if (best === undefined) break;
    chosen.push(best);
    taken.set(best, (taken.get(best) ?? 0) + 1);
    load.set(best, (load.get(best) ?? 0) + wanted.weight);
  }
  return chosen;
}

function compareNodes(
  one: string,
  other: string,
  { scores, current }: Wanted,
  load: ReadonlyMap<string, number>,
): number {
  const score = compareScores(scoreOf(scores, one), scoreOf(scores, other));
  if (score !== 0) return score;
  const free = (load.get(one) ?? 0) - (load.get(other) ?? 0);
  if (free !== 0) return free;
  return Number(current.has(other)) - Number(current.has(one)) || compareNames(one, other);
}

function scoreOf(scores: Scores, node: string): NodeScore {
  return scores.get(node) ?? NO_SCORE;
}
