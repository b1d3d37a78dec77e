// Rules and state in one order that does not depend on how they were written, with what is looked up often.
import type {
  PlacementConstraint,
  PlacementGroup,
  PlacementNode,
  PlacementRules,
} from "../../../ports/index.js";
import { bondsIn, type Bond } from "./bonds.js";
import { freshFailures } from "./failures.js";
import { startOrder, type StartAfter } from "./start-order.js";
import type { FailureRecord, NodeStanding, OperatorWish, PlacementState, RunningInstance } from "./state.js";

export interface Situation {
  readonly rules: PlacementRules;
  readonly state: PlacementState;
  /** By name. */
  readonly nodes: readonly PlacementNode[];
  readonly groups: readonly PlacementGroup[];
  /** Between groups that exist, resources replaced by their groups; each of both kinds without circles. */
  readonly bonds: readonly Bond[];
  readonly starts: readonly StartAfter[];
  readonly failures: readonly FailureRecord[];
  readonly wishes: readonly OperatorWish[];
  /** Groups that are left alone. */
  readonly inMaintenance: ReadonlySet<string>;
  /** When something that counts now stops to count. */
  readonly againAtMs: number;
  standingOf(node: string): NodeStanding;
  /** What runs, or may run, of a group. */
  runningOf(group: string): readonly RunningInstance[];
}

export function compareNames(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

export function situationOf(rules: PlacementRules, state: PlacementState): Situation {
  const groups = rules.groups.toSorted((a, b) => compareNames(a.name, b.name));
  const groupOf = groupNames(groups);
  const standings = new Map(state.nodes.map(({ name, standing }) => [name, standing]));
  const running = byGroup(liveOnly(state, standings));
  const { failures, againAtMs } = freshFailures(rules, state);
  const wishes = state.wishes
    .map((wish) => ({ ...wish, group: groupOf.get(wish.group) ?? wish.group }))
    .filter(({ untilMs = Number.POSITIVE_INFINITY }) => untilMs > state.nowMs)
    .toSorted(byText);
  const constraints = betweenGroups(rules.constraints, groupOf);
  const left =
    state.maintenance === "cluster"
      ? [...groupOf.keys(), ...state.running.map(({ group }) => group)]
      : state.maintenance;
  return {
    rules,
    state,
    nodes: rules.nodes.toSorted((a, b) => compareNames(a.name, b.name)),
    groups,
    bonds: bondsIn(constraints),
    starts: startOrder(constraints),
    failures,
    wishes,
    inMaintenance: new Set(left.map((name) => groupOf.get(name) ?? name)),
    againAtMs: Math.min(againAtMs, ...wishes.map(({ untilMs = Number.POSITIVE_INFINITY }) => untilMs)),
    standingOf: (node) => standings.get(node) ?? "lost",
    runningOf: (group) => running.get(group) ?? [],
  };
}

/** Without quorum nobody is fenced: the others may think the same of this side. */
export function mayFence({ state, rules }: Situation): boolean {
  return state.quorum || rules.noQuorum === "ignore";
}

/** Numbers of instances that may run on a node that is neither heard nor can be fenced. */
export function beyondReach(group: string, situation: Situation): ReadonlySet<number> {
  if (mayFence(situation)) return new Set();
  const unreached = situation.runningOf(group).filter(({ node }) => situation.standingOf(node) === "unclean");
  return new Set(unreached.map(({ instance }) => instance));
}

/** The same cluster, in which something else runs. */
export function withRunning(situation: Situation, running: readonly RunningInstance[]): Situation {
  const groups = byGroup(running);
  return { ...situation, runningOf: (group) => groups.get(group) ?? [] };
}

/** The group that a name stands for: its own, or that of the resource. */
export function groupNames(groups: readonly PlacementGroup[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { name, resources } of groups) for (const resource of resources) names.set(resource.name, name);
  for (const { name } of groups) names.set(name, name);
  return names;
}

function byGroup(all: readonly RunningInstance[]): ReadonlyMap<string, readonly RunningInstance[]> {
  const found = new Map<string, RunningInstance[]>();
  for (const one of all) {
    const list = found.get(one.group);
    if (list === undefined) found.set(one.group, [one]);
    else list.push(one);
  }
  return found;
}

function liveOnly(
  { running }: PlacementState,
  standings: ReadonlyMap<string, NodeStanding>,
): readonly RunningInstance[] {
  return running
    .filter(({ node }) => (standings.get(node) ?? "lost") !== "lost")
    .toSorted((a, b) => a.instance - b.instance || compareNames(a.node, b.node));
}

function betweenGroups(
  constraints: readonly PlacementConstraint[],
  groupOf: ReadonlyMap<string, string>,
): readonly PlacementConstraint[] {
  const found = constraints.flatMap((one): readonly PlacementConstraint[] => {
    const [first, second] = namesIn(one).map((name) => groupOf.get(name));
    if (first === undefined || second === undefined || first === second) return [];
    if (one.kind === "start-after") return [{ ...one, after: first, start: second }];
    return [{ ...one, names: [first, second] }];
  });
  return found.toSorted(byText);
}

/** The group that goes before, and the one that follows it. */
export function namesIn(one: PlacementConstraint): readonly [first: string, second: string] {
  return one.kind === "start-after" ? [one.after, one.start] : one.names;
}

function byText(one: object, other: object): number {
  return compareNames(textOf(one), textOf(other));
}

function textOf(one: object): string {
  return JSON.stringify(Object.entries(one).toSorted(([a], [b]) => compareNames(a, b)));
}
