// From systole.yaml to the rules by which a policy places groups, and what in them cannot be meant. Pure.
import { contradictionsIn, type RulesPath } from "@systole/core";
import type { PlacementConstraint, PlacementGroup, PlacementNode, PlacementRules } from "@systole/core/ports";
import type { HaResourcesLine } from "../../haresources.js";
import type { Position, Problems } from "../../problem.js";
import { recoveryRules } from "../apply.js";
import type { SystoleSettings } from "../parse.js";
import type { SystoleYaml } from "../schema.js";
import type { ConstraintYaml, FailbackYaml } from "./placement-schema.js";

/** `lines`: the groups of the file, those of single resources too. Names of nodes are lower-case. */
export function placementRulesOf(settings: SystoleYaml, lines: readonly HaResourcesLine[]): PlacementRules {
  const noQuorum = settings.defaults?.["no-quorum"];
  return {
    nodes: Object.entries(settings.nodes ?? {}).map(([name, node]) => nodeOf(name, node)),
    groups: lines.map((line) => groupOf(line, settings)),
    constraints: (settings.constraints ?? []).map(constraintOf),
    ...(noQuorum !== undefined && { noQuorum }),
  };
}

function nodeOf(
  name: string,
  { weight = 1, site, attributes = {} }: NonNullable<SystoleYaml["nodes"]>[string],
): PlacementNode {
  return { name: name.toLowerCase(), weight, ...(site !== undefined && { site }), attributes };
}

function groupOf({ key = "", resources }: HaResourcesLine, settings: SystoleYaml): PlacementGroup {
  const group = settings.groups?.[key];
  const { prefer, never, stickiness, clone, promotable } = group ?? {};
  const failback = failbackOf(group?.failback ?? settings.defaults?.failback);
  const lower = (names: readonly string[]): readonly string[] => names.map((name) => name.toLowerCase());
  return {
    name: key,
    resources: resources.map(({ text }) => {
      const rules = { ...recoveryRules(settings.defaults), ...recoveryRules(settings.resources?.[text]) };
      return { name: text, ...(Object.keys(rules).length > 0 && { rules }) };
    }),
    ...(prefer !== undefined && {
      prefer: Array.isArray(prefer)
        ? lower(prefer)
        : Object.fromEntries(Object.entries(prefer).map(([name, score]) => [name.toLowerCase(), score])),
    }),
    ...(never !== undefined && { never: lower(never) }),
    ...(stickiness !== undefined && { stickiness }),
    failback,
    ...(clone !== undefined && {
      clone: {
        ...(clone.max !== undefined && { max: clone.max }),
        ...(clone["per-node"] !== undefined && { perNode: clone["per-node"] }),
      },
    }),
    ...(promotable !== undefined && { promotable: { promoted: promotable.promoted ?? 1 } }),
  };
}

/** This file's default is to stay. */
function failbackOf(failback: FailbackYaml = "manual"): NonNullable<PlacementGroup["failback"]> {
  return failback === "legacy" ? "auto" : failback;
}

function constraintOf({
  together,
  apart,
  start = "",
  after = "",
  score,
  by,
  role,
}: ConstraintYaml): PlacementConstraint {
  const worth = score === undefined ? {} : { score };
  const compared = by === undefined ? {} : { by };
  const promoted = role === undefined ? {} : { role };
  if (together !== undefined)
    return { kind: "together", names: together, ...worth, ...compared, ...promoted };
  if (apart !== undefined) return { kind: "apart", names: apart, ...worth, ...compared };
  return { kind: "start-after", start, after, ...worth, ...promoted };
}

/** Refuses what contradicts itself, each with all its lines. Names that are wrong alone have been told before. */
export function checkContradictions(
  { settings, place }: SystoleSettings,
  lines: readonly HaResourcesLine[],
  problems: Problems,
): void {
  const placeOf = (path: RulesPath): Position => {
    const [first, name] = path;
    const isImplied = first === "groups" && settings.groups?.[String(name)] === undefined;
    return isImplied ? place("resources", String(name)) : place(...path);
  };
  for (const { message, places } of contradictionsIn(placementRulesOf(settings, lines))) {
    const [at = place("groups"), ...others] = places.map(placeOf);
    const further = others.filter(({ line }) => line !== at.line).map(({ line }) => line);
    const where = further.length === 0 ? "" : ` (see line ${further.join(" and ")} too)`;
    problems.error(at, "yaml.contradiction", `${message}${where}`);
  }
}
