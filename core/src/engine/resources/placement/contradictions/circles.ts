// Groups that start after each other in a circle, or are placed where each other is in a circle.
import type { PlacementConstraint, PlacementRules } from "../../../../ports/index.js";
import { groupNames, namesIn } from "../situation.js";
import type { Contradiction } from "./contradiction.js";

interface Link {
  readonly index: number;
  readonly from: string;
  readonly to: string;
}

/** One for each constraint that closes a circle with those before it, the shortest circle. */
export function circleContradictions(rules: PlacementRules): readonly Contradiction[] {
  const starts = circlesIn(linksOf(rules, ({ kind }) => kind === "start-after"));
  const bonds = circlesIn(linksOf(rules, ({ kind, score }) => kind === "together" && score === undefined));
  return [
    ...starts.map((circle) =>
      contradiction(circle, "starts after", "none of them could start first; remove one of the constraints"),
    ),
    ...bonds.map((circle) =>
      contradiction(
        circle,
        "is placed where it finds",
        "none of them could be placed first; remove one of the constraints",
      ),
    ),
  ];
}

function contradiction(circle: readonly Link[], verb: string, end: string): Contradiction {
  const chain = circle.map(({ from, to }) => `${to} ${verb} ${from}`);
  return {
    message: `${chain.join(", ")}: that is a circle, so ${end}`,
    places: circle.map(({ index }) => ["constraints", index]),
  };
}

function linksOf(
  { groups, constraints }: PlacementRules,
  counts: (one: PlacementConstraint) => boolean,
): readonly Link[] {
  const groupOf = groupNames(groups);
  return constraints.flatMap((one, index) => {
    if (!counts(one)) return [];
    const [first, second] = namesIn(one);
    return [{ index, from: groupOf.get(first) ?? first, to: groupOf.get(second) ?? second }];
  });
}

function circlesIn(links: readonly Link[]): readonly (readonly Link[])[] {
  const kept: Link[] = [];
  const circles: (readonly Link[])[] = [];
  for (const link of links) {
    const way = shortestWay(link.to, link.from, kept);
    if (way === undefined) kept.push(link);
    else circles.push([...way, link]);
  }
  return circles;
}

function shortestWay(from: string, to: string, links: readonly Link[]): readonly Link[] | undefined {
  const seen = new Set([from]);
  let ways: (readonly Link[])[] = [[]];
  while (ways.length > 0) {
    const longer: (readonly Link[])[] = [];
    for (const way of ways) {
      for (const link of links) {
        if (link.from !== (way.at(-1)?.to ?? from) || (seen.has(link.to) && link.to !== to)) continue;
        if (link.to === to) return [...way, link];
        seen.add(link.to);
        longer.push([...way, link]);
      }
    }
    ways = longer;
  }
  return undefined;
}
