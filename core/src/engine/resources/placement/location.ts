// What each node is worth to one group for itself: preferences, what an operator wished, failures, and staying where it is.
import { MUST_SCORE, type PlacementGroup } from "../../../ports/index.js";
import { exhaustedOn } from "./failures.js";
import { addScores, NO_SCORE, plus, type NodeScore, type Scores } from "./score.js";
import type { Situation } from "./situation.js";

/** A place in an order of preferred nodes is worth so much more than the next. */
const ORDER_STEP = 100;
const DEFAULT_STICKINESS = 1;
/** More than preferences come to, and still less than a must. */
export const MANUAL_STICKINESS = 100_000;

export interface Location {
  readonly scores: Scores;
  /** When a node that is better is waited for no longer. */
  readonly againAtMs: number;
}

/** `lastResort`: no other node can run it, so failures do not count. */
export function locationOf(group: PlacementGroup, situation: Situation, lastResort = false): Location {
  const scores = new Map<string, NodeScore>();
  for (const { name } of situation.nodes) {
    let score = plus(NO_SCORE, preferenceFor(group, name), `it is never to run on ${name}`);
    if (group.never?.includes(name) === true)
      score = plus(score, -MUST_SCORE, `it is never to run on ${name}`);
    score = withWishes(score, group, name, situation);
    const exhausted = lastResort ? undefined : exhaustedOn(group, name, situation.failures);
    if (exhausted !== undefined) score = plus(score, -MUST_SCORE, exhausted);
    scores.set(name, score);
  }
  const againAtMs = holdBack(scores, group, situation);
  for (const node of new Set(situation.runningOf(group.name).map(({ node }) => node))) {
    const score = scores.get(node);
    if (score !== undefined) scores.set(node, plus(score, stayingIn(group, situation, lastResort), ""));
  }
  return { scores, againAtMs };
}

/** What the rules say alone. */
export function preferenceFor({ prefer }: PlacementGroup, node: string): number {
  if (prefer === undefined) return 0;
  if (!Array.isArray(prefer)) return new Map(Object.entries(prefer)).get(node) ?? 0;
  const place = prefer.indexOf(node);
  return place < 0 ? 0 : (prefer.length - place) * ORDER_STEP;
}

function withWishes(score: NodeScore, group: PlacementGroup, node: string, { wishes }: Situation): NodeScore {
  const here = wishes.filter((wish) => wish.group === group.name && wish.node === node);
  return here.reduce(
    (sum, { kind }) =>
      kind === "move"
        ? plus(sum, MUST_SCORE, "")
        : plus(sum, -MUST_SCORE, `an operator has banned it from ${node}`),
    score,
  );
}

/** Who asks for a move does not ask what staying is worth. */
function stayingIn(group: PlacementGroup, { wishes }: Situation, lastResort: boolean): number {
  if (wishes.some((wish) => wish.kind === "move" && wish.group === group.name)) return 0;
  if (group.failback === "manual" || lastResort) return MANUAL_STICKINESS;
  return (group.stickiness ?? DEFAULT_STICKINESS) * group.resources.length;
}

/** A node that has not been back for long enough is worth less than the one where the group runs. */
function holdBack(scores: Map<string, NodeScore>, group: PlacementGroup, situation: Situation): number {
  const { failback } = group;
  let againAtMs = Number.POSITIVE_INFINITY;
  if (typeof failback !== "object") return againAtMs;
  const here = situation
    .runningOf(group.name)
    .map(({ node }) => node)
    .filter((node) => situation.standingOf(node) === "online");
  const current = Math.max(...here.map((node) => scores.get(node)?.score ?? -MUST_SCORE));
  if (here.length === 0 || current <= -MUST_SCORE) return againAtMs;
  for (const { name, standing, onlineSinceMs } of situation.state.nodes) {
    const score = scores.get(name);
    if (standing !== "online" || here.includes(name) || score === undefined || score.score < current)
      continue;
    if (score.score >= MUST_SCORE || onlineSinceMs === undefined) continue;
    const freeAtMs = onlineSinceMs + failback.afterMs;
    if (freeAtMs <= situation.state.nowMs) continue;
    againAtMs = Math.min(againAtMs, freeAtMs);
    scores.set(name, plus(NO_SCORE, addScores(current, -1), ""));
  }
  return againAtMs;
}
