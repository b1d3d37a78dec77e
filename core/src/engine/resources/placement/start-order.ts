// Which groups start after which. Rules that go round in a circle are refused before they come here; should one be left, its last
// constraint counts for nothing, so that nothing waits for itself.
import type { PlacementConstraint } from "../../../ports/index.js";
import { leadsTo, withLink } from "./circles.js";

export type StartAfter = Extract<PlacementConstraint, { readonly kind: "start-after" }>;

/** Those that must first, then those that only put in order; without circles. */
export function startOrder(constraints: readonly PlacementConstraint[]): readonly StartAfter[] {
  const all = constraints.filter((one): one is StartAfter => one.kind === "start-after");
  const kept: StartAfter[] = [];
  const next = new Map<string, readonly string[]>();
  for (const one of [...all.filter(isMust), ...all.filter((one) => !isMust(one))]) {
    if (leadsTo(one.start, one.after, next)) continue;
    kept.push(one);
    withLink(next, one.after, one.start);
  }
  return kept;
}

export function isMust({ score }: StartAfter): boolean {
  return score === undefined;
}
