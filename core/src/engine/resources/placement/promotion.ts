// Which instances of a promotable group are promoted: those that their agent calls fit, the best first, then where one is
// promoted already.
import { type PlacementGroup } from "../../../ports/index.js";
import { preferenceFor } from "./location.js";
import { compareScores, NO_SCORE, plus, type NodeScore, type Scores } from "./score.js";
import { compareNames, type Situation } from "./situation.js";
import type { Slot } from "./slots.js";

export interface PromotionChoice {
  /** Instances. */
  readonly promoted: ReadonlySet<number>;
  /** Why fewer are promoted than there should be, as a sentence. */
  readonly why: string | undefined;
}

/** `withFollowers` adds what those wish that are bound to the promoted role. */
export function promotedAmong(
  group: PlacementGroup,
  slots: readonly Slot[],
  situation: Situation,
  withFollowers: (own: Scores) => Scores,
): PromotionChoice {
  const wanted = group.promotable?.promoted ?? 0;
  const kept = slots.filter(({ leftAlone, runs }) => leftAlone && runs?.role === "promoted");
  const promoted = new Set(kept.map(({ instance }) => instance));
  const fit = slots.filter(
    ({ node, leftAlone }) => !leftAlone && fitness(group, node, situation) !== undefined,
  );
  const scores = withFollowers(
    new Map(fit.map(({ node }) => [node, ownScore(group, node, situation)] as const)),
  );
  const worth = ({ node }: Slot): NodeScore => scores.get(node) ?? NO_SCORE;
  const line = fit
    .filter((slot) => worth(slot).score >= 0 && isAllowed(group, slot, situation))
    .toSorted(
      (a, b) =>
        compareScores(worth(a), worth(b)) ||
        Number(b.runs?.role === "promoted") - Number(a.runs?.role === "promoted") ||
        compareNames(a.node, b.node) ||
        a.instance - b.instance,
    );
  for (const { instance } of line.slice(0, Math.max(0, wanted - promoted.size))) promoted.add(instance);
  return { promoted, why: promoted.size < wanted ? tooFew(group, slots, fit) : undefined };
}

/** Without quorum, and where that freezes, nothing is promoted that is not. */
function isAllowed(_group: PlacementGroup, { runs }: Slot, { state, rules }: Situation): boolean {
  return state.quorum || rules.noQuorum !== "freeze" || runs?.role === "promoted";
}

function ownScore(group: PlacementGroup, node: string, situation: Situation): NodeScore {
  return plus(plus(NO_SCORE, fitness(group, node, situation) ?? -1, ""), preferenceFor(group, node), "");
}

/** What its agent says of a node; undefined: it has not said that it may be promoted there. */
function fitness({ name }: PlacementGroup, node: string, { state }: Situation): number | undefined {
  const said = state.promotion.find((one) => one.group === name && one.node === node)?.score;
  return said === undefined || said < 0 ? undefined : said;
}

function tooFew({ name }: PlacementGroup, slots: readonly Slot[], fit: readonly Slot[]): string {
  if (slots.length === 0) return `no instance of ${name} runs that could be promoted`;
  if (fit.length === 0) return `no agent of ${name} has said yet that its node may be promoted`;
  return `only ${fit.map(({ node }) => node).join(", ")} may be promoted`;
}
