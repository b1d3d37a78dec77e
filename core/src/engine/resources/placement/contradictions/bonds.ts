// Groups that must be together and must be apart at once, directly or through others.
import type { PlacementConstraint, PlacementGroup, PlacementRules } from "../../../../ports/index.js";
import { isClone } from "../runnable.js";
import { groupNames } from "../situation.js";
import type { Contradiction } from "./contradiction.js";

export interface Tie {
  readonly index: number;
  readonly names: readonly [string, string];
  readonly by: string | undefined;
}

/** Constraints of one kind that must be kept. */
export function tiesOf(
  { groups, constraints }: PlacementRules,
  kind: Exclude<PlacementConstraint["kind"], "start-after">,
): readonly Tie[] {
  const groupOf = groupNames(groups);
  return constraints.flatMap((one, index) => {
    if (one.kind === "start-after" || one.kind !== kind || one.score !== undefined) return [];
    const [first, second] = one.names.map((name) => groupOf.get(name) ?? name);
    return first === undefined || second === undefined
      ? []
      : [{ index, names: [first, second] as const, by: one.by }];
  });
}

export function bondContradictions(rules: PlacementRules): readonly Contradiction[] {
  const together = tiesOf(rules, "together");
  return tiesOf(rules, "apart").flatMap((apart): readonly Contradiction[] => {
    const usable = together.filter(({ by }) => by === undefined || by === apart.by);
    const chain = chainBetween(apart.names[0], apart.names[1], usable, rules.groups);
    if (chain === undefined) return [];
    const words = chain.map(({ names }) => `${names[0]} with ${names[1]}`).join(", ");
    return [
      {
        message: `${apart.names.join(" and ")} must be apart, and must be together (${words}): remove one of both, or give one a score`,
        places: [...chain, apart].map(({ index }) => ["constraints", index]),
      },
    ];
  });
}

/** The shortest. Through a clone nothing is passed on: two that are with it may be with different instances. */
function chainBetween(
  from: string,
  to: string,
  ties: readonly Tie[],
  groups: readonly PlacementGroup[],
): readonly Tie[] | undefined {
  const clones = new Set(groups.filter(isClone).map(({ name }) => name));
  const seen = new Set([from]);
  let ends: { readonly at: string; readonly chain: readonly Tie[] }[] = [{ at: from, chain: [] }];
  while (ends.length > 0) {
    const further: typeof ends = [];
    for (const { at, chain } of ends) {
      for (const tie of ties) {
        if (!tie.names.includes(at)) continue;
        const next = tie.names[0] === at ? tie.names[1] : tie.names[0];
        if (next === to) return [...chain, tie];
        if (seen.has(next)) continue;
        seen.add(next);
        if (!clones.has(next)) further.push({ at: next, chain: [...chain, tie] });
      }
    }
    ends = further;
  }
  return undefined;
}
