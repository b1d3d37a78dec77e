// Groups that no node may run, by themselves or because of those that they must be together with.
import { MUST_SCORE, type PlacementGroup, type PlacementRules } from "../../../../ports/index.js";
import { preferenceFor } from "../location.js";
import { isClone } from "../runnable.js";
import { tiesOf } from "./bonds.js";
import type { Contradiction, RulesPath } from "./contradiction.js";

export function nowhereContradictions(rules: PlacementRules): readonly Contradiction[] {
  const alone = rules.groups.flatMap((group) => nowhereAlone(group, rules));
  return alone.length > 0 ? alone : nowhereTogether(rules);
}

function nowhereAlone(group: PlacementGroup, rules: PlacementRules): readonly Contradiction[] {
  if (allowed(group, rules).length > 0) return [];
  return [
    {
      message: `no node may run ${group.name}: every one of them is excluded`,
      places: [...exclusions(group), ["nodes"]],
    },
  ];
}

/** Along single groups that must be on one node, as long as some node is left. */
function nowhereTogether(rules: PlacementRules): readonly Contradiction[] {
  const byName = new Map(rules.groups.map((group) => [group.name, group]));
  const ties = tiesOf(rules, "together").filter(
    ({ by, names }) => by === undefined && !isClone(byName.get(names[0])) && !isClone(byName.get(names[1])),
  );
  const sets = new Map(
    rules.groups.map((group) => [group.name, { nodes: allowed(group, rules), members: [group] }]),
  );
  const found: Contradiction[] = [];
  for (const { names, index } of ties) {
    const one = sets.get(names[0]);
    const other = sets.get(names[1]);
    if (one === undefined || other === undefined || one === other) continue;
    const nodes = one.nodes.filter((node) => other.nodes.includes(node));
    if (nodes.length === 0) {
      const [left, right] = [one, other].map(({ members }) => members.map(({ name }) => name).join(" with "));
      found.push({
        message: `${names.join(" and ")} must be together, and no node may run both (${left}: ${one.nodes.join(", ")}; ${right}: ${other.nodes.join(", ")})`,
        places: [["constraints", index], ...[...one.members, ...other.members].flatMap(exclusions)],
      });
      continue;
    }
    const joined = { nodes, members: [...one.members, ...other.members] };
    for (const { name } of joined.members) sets.set(name, joined);
  }
  return found;
}

function allowed(group: PlacementGroup, { nodes }: PlacementRules): readonly string[] {
  return nodes
    .map(({ name }) => name)
    .filter((node) => group.never?.includes(node) !== true && preferenceFor(group, node) > -MUST_SCORE);
}

function exclusions(group: PlacementGroup): readonly RulesPath[] {
  const scores = Array.isArray(group.prefer) ? [] : Object.values(group.prefer ?? {});
  return [
    ...(group.never === undefined ? [] : [["groups", group.name, "never"]]),
    ...(scores.some((score) => score <= -MUST_SCORE) ? [["groups", group.name, "prefer"]] : []),
  ];
}
