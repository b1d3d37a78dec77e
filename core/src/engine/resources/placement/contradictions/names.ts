// Names that are not there, that are there twice, and constraints of a group with itself.
import type { PlacementGroup, PlacementRules } from "../../../../ports/index.js";
import { LIMITS, PLACEMENT_LIMITS } from "../../../limits.js";
import { groupNames, namesIn } from "../situation.js";
import type { Contradiction, RulesPath } from "./contradiction.js";

export function nameContradictions(rules: PlacementRules): readonly Contradiction[] {
  const tooMany = boundsPassed(rules);
  // What is too large is not looked through.
  if (tooMany.length > 0) return tooMany;
  return [...unknownNodes(rules), ...usedTwice(rules), ...constraintNames(rules), ...promotedCounts(rules)];
}

function boundsPassed({ nodes, groups, constraints }: PlacementRules): readonly Contradiction[] {
  const lists = [
    ["nodes", nodes.length, LIMITS.nodes],
    ["groups", groups.length, PLACEMENT_LIMITS.placementGroups],
    ["constraints", constraints.length, PLACEMENT_LIMITS.placementConstraints],
  ] as const;
  return [
    ...lists
      .filter(([, count, most]) => count > most)
      .map(([key, count, most]) => ({
        message: `${count} ${key} are more than the ${most} that there may be`,
        places: [[key]],
      })),
    ...groups
      .filter(({ clone }) => (clone?.perNode ?? 1) > PLACEMENT_LIMITS.instancesPerNode)
      .map(({ name }) => ({
        message: `${name} wants more than ${PLACEMENT_LIMITS.instancesPerNode} instances on a node`,
        places: [["groups", name, "clone"]],
      })),
  ];
}

function unknownNodes({ nodes, groups }: PlacementRules): readonly Contradiction[] {
  const known = new Set(nodes.map(({ name }) => name));
  return groups.flatMap((group) => {
    const preferred = preferredNodes(group);
    const lists: readonly (readonly [string, readonly string[]])[] = [
      ["prefer", preferred],
      ["never", group.never ?? []],
    ];
    const unknown = lists.flatMap(([key, names]) =>
      names
        .filter((name) => !known.has(name))
        .map((name): Contradiction => ({
          message: `${group.name}: ${key} names ${name}, which is not among the nodes (${[...known].join(", ")})`,
          places: [["groups", group.name, key]],
        })),
    );
    const both = Array.isArray(group.prefer) ? preferred.filter((name) => group.never?.includes(name)) : [];
    return [
      ...unknown,
      ...both.map((name): Contradiction => ({
        message: `${group.name} prefers ${name} and is never to run there: leave it out of one of both`,
        places: [
          ["groups", group.name, "prefer"],
          ["groups", group.name, "never"],
        ],
      })),
    ];
  });
}

function preferredNodes({ prefer }: PlacementGroup): readonly string[] {
  if (prefer === undefined) return [];
  return Array.isArray(prefer) ? prefer : Object.keys(prefer);
}

/** A resource runs in one group, and a name says which. */
function usedTwice({ groups }: PlacementRules): readonly Contradiction[] {
  const found: Contradiction[] = [];
  const owners = new Map<string, RulesPath>();
  for (const { name, resources } of groups) {
    if (resources.length === 0)
      found.push({ message: `${name} has no resources: name one, or remove it`, places: [["groups", name]] });
    const own = new Set([name, ...resources.map((resource) => resource.name)]);
    for (const one of own) {
      const before = owners.get(one);
      const here: RulesPath = one === name ? ["groups", name] : ["groups", name, "resources"];
      if (before === undefined) owners.set(one, here);
      else
        found.push({
          message: `${one} is there twice: a name stands for one group or resource`,
          places: [before, here],
        });
    }
    if (new Set(resources.map((resource) => resource.name)).size < resources.length)
      found.push({ message: `${name} names a resource twice`, places: [["groups", name, "resources"]] });
  }
  return found;
}

function constraintNames({ groups, constraints }: PlacementRules): readonly Contradiction[] {
  const groupOf = groupNames(groups);
  return constraints.flatMap((one, index): readonly Contradiction[] => {
    const names = namesIn(one);
    const unknown = names.filter((name) => !groupOf.has(name));
    if (unknown.length > 0)
      return [...new Set(unknown)].map((name) => ({
        message: `${name} is neither a group nor a resource`,
        places: [["constraints", index]],
      }));
    const [first, second] = names.map((name) => groupOf.get(name));
    if (first !== second || first === undefined) return [];
    return [
      {
        message: `${names.join(" and ")} are one group, ${first}: its resources are together, and start in its own order`,
        places: [
          ["constraints", index],
          ["groups", first],
        ],
      },
    ];
  });
}

function promotedCounts({ groups }: PlacementRules): readonly Contradiction[] {
  return groups.flatMap(({ name, clone, promotable }) =>
    promotable === undefined || clone?.max === undefined || promotable.promoted <= clone.max
      ? []
      : [
          {
            message: `${name} is to have ${promotable.promoted} promoted and only ${clone.max} instances`,
            places: [
              ["groups", name, "promotable"],
              ["groups", name, "clone"],
            ],
          },
        ],
  );
}
