// What together and apart make of scores: a group that goes first listens to those that follow it, as long as it can still
// run somewhere; one that follows is bound to where the first was placed.
import { MUST_SCORE } from "../../../ports/index.js";
import { worthOf, type Bond } from "./bonds.js";
import { siteValue } from "./site-value.js";
import { compareScores, plus, type NodeScore, type Scores } from "./score.js";
import type { Situation } from "./situation.js";

/** The scores of the second after the first was placed on these nodes, perhaps on none. */
export function boundTo(scores: Scores, one: Bond, places: readonly string[], situation: Situation): Scores {
  const worth = worthOf(one);
  const [first] = one.names;
  if (places.length === 0) {
    if (worth < MUST_SCORE) return scores;
    const not = one.kind === "together" && one.role === "promoted" ? "is not promoted" : "does not run";
    return mapScores(scores, (score) => plus(score, -MUST_SCORE, `it runs only with ${first}, which ${not}`));
  }
  const by = one.by;
  const values = new Set(places.map((node) => siteValue(node, by, situation)));
  values.delete(undefined);
  const bound = mapScores(scores, (score, node) => {
    const value = siteValue(node, by, situation);
    if (value !== undefined && values.has(value))
      return plus(score, worth, `it is never to run with ${first}, which is on ${places.join(", ")}`);
    if (worth < MUST_SCORE) return score;
    return plus(score, -MUST_SCORE, `it runs only with ${first}, which is on ${places.join(", ")}`);
  });
  // A wish does not keep it from running at all.
  return Math.abs(worth) >= MUST_SCORE || isAnyUsable(bound, situation) ? bound : scores;
}

export interface Followers {
  readonly situation: Situation;
  readonly all: readonly Bond[];
  /** A group's scores for itself. */
  readonly ownScores: (group: string) => Scores;
  /** Those whose place is not open any more, or that do not choose by scores. */
  readonly isDecided: (group: string) => boolean;
}

/** The scores of a group with what those wish that follow it, in the promoted role or in any. */
export function withFollowers(
  scores: Scores,
  group: string,
  followers: Followers,
  role: "any" | "promoted" = "any",
): Scores {
  let sum = scores;
  for (const one of followers.all) {
    if (one.names[0] !== group || followers.isDecided(one.names[1])) continue;
    if ((one.kind === "together" && one.role === "promoted") !== (role === "promoted")) continue;
    sum = withWishesOf(one.names[1], sum, worthOf(one) / MUST_SCORE, one.by, followers, new Set([group]));
  }
  return sum;
}

function withWishesOf(
  group: string,
  scores: Scores,
  factor: number,
  by: string | undefined,
  followers: Followers,
  seen: Set<string>,
): Scores {
  if (seen.has(group)) return scores;
  seen.add(group);
  let sum = withOwn(group, scores, factor, by, followers);
  if (!isAnyUsable(sum, followers.situation)) return scores;
  for (const one of followers.all) {
    if (one.names[0] !== group || followers.isDecided(one.names[1])) continue;
    const further = factor * (worthOf(one) / MUST_SCORE);
    sum = withWishesOf(one.names[1], sum, further, one.by, followers, seen);
  }
  return sum;
}

function withOwn(
  group: string,
  scores: Scores,
  factor: number,
  by: string | undefined,
  { situation, ownScores }: Followers,
): Scores {
  const own = ownScores(group);
  return mapScores(scores, (score, node) => {
    const worth =
      by === undefined ? own.get(node) : bestOf(own, siteValue(node, by, situation), by, situation);
    // Where one cannot run that is to be apart, nothing is gained by being there.
    if (worth === undefined || (factor < 0 && worth.score < 0)) return score;
    const because = worth.barred === undefined ? "" : `, and ${worth.barred}`;
    return plus(score, worth, `${group} runs with it${because}`, factor);
  });
}

function bestOf(
  own: Scores,
  value: string | undefined,
  by: string,
  situation: Situation,
): NodeScore | undefined {
  const same = [...own].filter(
    ([node]) => value !== undefined && siteValue(node, by, situation) === value && isUsable(node, situation),
  );
  return same.map(([, score]) => score).toSorted(compareScores)[0];
}

export function isUsable(node: string, situation: Situation): boolean {
  return situation.standingOf(node) === "online";
}

function isAnyUsable(scores: Scores, situation: Situation): boolean {
  return [...scores].some(([node, { score }]) => score >= 0 && isUsable(node, situation));
}

function mapScores(scores: Scores, change: (score: NodeScore, node: string) => NodeScore): Scores {
  return new Map([...scores].map(([node, score]) => [node, change(score, node)]));
}
