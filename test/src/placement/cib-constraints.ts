// Preferences, constraints and what operators wished, as the constraints of a file for Pacemaker.
import {
  MUST_SCORE,
  type PlacementConstraint,
  type PlacementGroup,
  type PlacementRules,
} from "@systole/core/ports";
import type { PlacementState } from "@systole/core/engine";
import { FENCE_DEVICE, outerId } from "./cib-names.js";

export function constraintsXml(rules: PlacementRules, { wishes }: PlacementState): string {
  const ids = new Map<string, string>();
  for (const group of rules.groups) {
    for (const { name } of group.resources) ids.set(name, outerId(group));
    ids.set(group.name, outerId(group));
  }
  const idOf = (name: string): string => ids.get(name) ?? name;
  const lines = [
    ...rules.nodes.map(({ name }) => locationXml(FENCE_DEVICE, name, -MUST_SCORE)),
    ...rules.groups.flatMap((group) => rules.nodes.flatMap(({ name }) => preferencesXml(group, name))),
    ...wishes.map(({ kind, group, node }) =>
      locationXml(idOf(group), node, kind === "move" ? MUST_SCORE : -MUST_SCORE, `cli-${kind}`),
    ),
    ...rules.constraints.map((one, index) => constraintXml(one, index, idOf)),
  ];
  return lines.join("\n");
}

function preferencesXml(group: PlacementGroup, node: string): readonly string[] {
  const id = outerId(group);
  const worth = worthOf(group, node);
  const lines = worth === 0 ? [] : [locationXml(id, node, worth)];
  if (group.promotable !== undefined && worth !== 0)
    lines.push(
      `<rsc_location id="promote-${id}-${node}" rsc="${id}"><rule id="promote-${id}-${node}-rule" role="Master" score="${score(worth)}"><expression id="promote-${id}-${node}-where" attribute="#uname" operation="eq" value="${node}"/></rule></rsc_location>`,
    );
  if (group.never?.includes(node) === true) lines.push(locationXml(id, node, -MUST_SCORE, "never"));
  return lines;
}

/** The order of preferred nodes as docs/placement.md explains it. */
function worthOf({ prefer }: PlacementGroup, node: string): number {
  if (prefer === undefined) return 0;
  const entries: readonly (readonly [string, number])[] = Array.isArray(prefer)
    ? prefer.map((name: string, place: number) => [name, (prefer.length - place) * 100] as const)
    : Object.entries(prefer);
  return entries.find(([name]) => name === node)?.[1] ?? 0;
}

function locationXml(id: string, node: string, worth: number, kind = "prefer"): string {
  return `<rsc_location id="${kind}-${id}-${node}" rsc="${id}" node="${node}" score="${score(worth)}"/>`;
}

function constraintXml(one: PlacementConstraint, index: number, idOf: (name: string) => string): string {
  const id = `constraint-${index}`;
  if (one.kind === "start-after") {
    const kind = one.score === undefined ? "Mandatory" : "Optional";
    const actions = one.role === "promoted" ? `first-action="promote" then-action="start"` : "";
    return `<rsc_order id="${id}" first="${idOf(one.after)}" then="${idOf(one.start)}" kind="${kind}" ${actions}/>`;
  }
  const worth = (one.kind === "apart" ? -1 : 1) * (one.score ?? MUST_SCORE);
  const role = one.kind === "together" && one.role === "promoted" ? `with-rsc-role="Master"` : "";
  const by = one.by === undefined ? "" : `node-attribute="${one.by}"`;
  return `<rsc_colocation id="${id}" rsc="${idOf(one.names[1])}" with-rsc="${idOf(one.names[0])}" score="${score(worth)}" ${role} ${by}/>`;
}

export function score(worth: number): string {
  if (worth >= MUST_SCORE) return "INFINITY";
  return worth <= -MUST_SCORE ? "-INFINITY" : String(worth);
}
