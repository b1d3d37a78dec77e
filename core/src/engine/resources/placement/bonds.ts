// Which groups are placed before which, because the second is bound to where the first is. What closes a circle with bonds that weigh
// more is turned round: apart means the same both ways, and a wish to be together nearly so.
import { MUST_SCORE, type PlacementConstraint } from "../../../ports/index.js";
import { leadsTo, withLink } from "./circles.js";

export type Bond = Exclude<PlacementConstraint, { readonly kind: "start-after" }>;

/** Negative for apart. */
export function worthOf({ kind, score = MUST_SCORE }: Bond): number {
  return kind === "together" ? score : -score;
}

/** Without circles; together that must comes first, then apart that must. */
export function bondsIn(constraints: readonly PlacementConstraint[]): readonly Bond[] {
  const all = constraints.filter((one): one is Bond => one.kind !== "start-after");
  const next = new Map<string, readonly string[]>();
  return all
    .toSorted((a, b) => rankOf(a) - rankOf(b))
    .map((one) => {
      const [first, second] = one.names;
      const bond: Bond = leadsTo(second, first, next) ? turned(one) : one;
      withLink(next, bond.names[0], bond.names[1]);
      return bond;
    });
}

function rankOf(bond: Bond): number {
  if (bond.score !== undefined) return 2;
  return bond.kind === "together" ? 0 : 1;
}

function turned(bond: Bond): Bond {
  const names = [bond.names[1], bond.names[0]] as const;
  if (bond.kind === "apart") return { ...bond, names };
  const { kind, score, by } = bond;
  return { kind, names, ...(score === undefined ? {} : { score }), ...(by === undefined ? {} : { by }) };
}
