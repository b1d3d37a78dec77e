// The rules of a page as plain data, without what a configuration file has besides.
import type { PlacementConstraint, PlacementGroup, PlacementRules } from "@systole/core/ports";

export interface RulesWords {
  readonly nodes: Readonly<Record<string, { readonly site?: string } | null>>;
  readonly groups: Readonly<
    Record<string, Omit<PlacementGroup, "name" | "resources"> & { readonly resources: readonly string[] }>
  >;
  readonly constraints: readonly ConstraintWords[];
}

interface ConstraintWords {
  readonly together?: readonly [string, string];
  readonly apart?: readonly [string, string];
  readonly start?: string;
  readonly after?: string;
  readonly score?: number;
}

export function rulesFromWords({ nodes, groups, constraints }: RulesWords): PlacementRules {
  return {
    nodes: Object.entries(nodes).map(([name, words]) => ({ name, weight: 1, attributes: {}, ...words })),
    groups: Object.entries(groups).map(([name, words]) => ({
      ...words,
      name,
      resources: words.resources.map((resource) => ({ name: resource })),
    })),
    constraints: constraints.map(constraintFrom),
  };
}

function constraintFrom({ together, apart, start, after, score }: ConstraintWords): PlacementConstraint {
  const worth = score === undefined ? {} : { score };
  if (together !== undefined) return { kind: "together", names: together, ...worth };
  if (apart !== undefined) return { kind: "apart", names: apart, ...worth };
  if (start === undefined || after === undefined)
    throw new Error("a constraint is together, apart, or start and after");
  return { kind: "start-after", start, after, ...worth };
}
