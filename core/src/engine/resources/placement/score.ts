// Arithmetic of scores as Pacemaker documents it: a must not is stronger than a must, and both are stronger than any sum.
import { MUST_SCORE } from "../../../ports/index.js";

/** What a node is worth to a group. */
export interface NodeScore {
  readonly score: number;
  /** What was added to it that is no must: it decides between nodes that all must. */
  readonly rest: number;
  /** Why it cannot be this node, as a sentence; only where the score is a must not. */
  readonly barred?: string;
}

export type Scores = ReadonlyMap<string, NodeScore>;

export function addScores(one: number, other: number): number {
  if (one <= -MUST_SCORE || other <= -MUST_SCORE) return -MUST_SCORE;
  if (one >= MUST_SCORE || other >= MUST_SCORE) return MUST_SCORE;
  return Math.max(-MUST_SCORE, Math.min(MUST_SCORE, one + other));
}

/** A part of a score, rounded away from 0 at the half. */
function partOf(score: number, factor: number): number {
  const part = Math.sign(score * factor) * Math.round(Math.abs(score * factor));
  return Math.max(-MUST_SCORE, Math.min(MUST_SCORE, part));
}

export const NO_SCORE: NodeScore = { score: 0, rest: 0 };

/** The first reason why a node is out stays. `part` of what is added counts. */
export function plus(one: NodeScore, added: number | NodeScore, barred: string, part = 1): NodeScore {
  const other = typeof added === "number" ? { score: added, rest: finite(added) } : added;
  const score = addScores(one.score, partOf(other.score, part));
  const rest = one.rest + partOf(other.rest, part);
  return score > -MUST_SCORE ? { score, rest } : { score, rest, barred: one.barred ?? barred };
}

function finite(score: number): number {
  return Math.abs(score) >= MUST_SCORE ? 0 : score;
}

/** The better one first. */
export function compareScores(one: NodeScore, other: NodeScore): number {
  return other.score - one.score || other.rest - one.rest;
}
