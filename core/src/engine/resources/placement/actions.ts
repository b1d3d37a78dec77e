// The steps of all instances as actions, each with what must have been done before it; what is not ordered may be done at once.
import type { PlacementAction, PlacementActionKind } from "./outcome.js";
import { isClone, isOnEachNode } from "./runnable.js";
import { worthOf } from "./bonds.js";
import { MUST_SCORE } from "../../../ports/index.js";
import { compareNames, mayFence, type Situation } from "./situation.js";
import { siteValue } from "./site-value.js";
import type { StartAfter } from "./start-order.js";
import type { Step } from "./steps.js";

interface Draft {
  readonly id: string;
  readonly kind: PlacementActionKind;
  readonly node: string;
  readonly step: Step | undefined;
  readonly after: Set<string>;
  readonly why: string;
}

export type StepReason = (step: Step, kind: PlacementActionKind) => string;

export function actionsOf(
  steps: readonly Step[],
  situation: Situation,
  reason: StepReason,
): readonly PlacementAction[] {
  const drafts = [
    ...fences(situation),
    ...steps.flatMap((step) =>
      kindsOf(step).map((kind): Draft => ({
        id: `${kind} ${nameOf(step)} on ${step.node}`,
        kind,
        node: step.node,
        step,
        after: new Set(),
        why: reason(step, kind),
      })),
    ),
  ];
  const byGroup = grouped(drafts);
  for (const own of byGroup.values()) orderWithin(own);
  orderAfterFences(byGroup, drafts, steps);
  for (const one of situation.starts) orderStarts(byGroup, one);
  orderApart(byGroup, situation);
  return drafts.map(actionOf).toSorted((a, b) => compareNames(a.id, b.id));
}

type ByGroup = ReadonlyMap<string, readonly Draft[]>;

/** Without those of no group. */
function grouped(drafts: readonly Draft[]): ByGroup {
  const groups = new Map<string, Draft[]>();
  for (const draft of drafts) {
    if (draft.step === undefined) continue;
    const { name } = draft.step.allotted.group;
    const list = groups.get(name);
    if (list === undefined) groups.set(name, [draft]);
    else list.push(draft);
  }
  return groups;
}

function nameOf({ allotted, instance }: Step): string {
  const { group } = allotted;
  return isClone(group) ? `${group.name}:${instance}` : group.name;
}

function actionOf({ id, kind, node, step, after, why }: Draft): PlacementAction {
  const what = step === undefined ? {} : { group: step.allotted.group.name, instance: step.instance };
  return { id, kind, node, ...what, after: [...after].toSorted(compareNames), why };
}

function fences(situation: Situation): readonly Draft[] {
  if (!mayFence(situation)) return [];
  return situation.state.nodes
    .filter(({ standing }) => standing === "unclean")
    .map(({ name }) => ({
      id: `fence ${name}`,
      kind: "fence",
      node: name,
      step: undefined,
      after: new Set<string>(),
      why: `${name} is not heard, and what it ran may run still`,
    }));
}

function kindsOf({ from, to, restart, fenced, leftAlone }: Step): readonly PlacementActionKind[] {
  if (leftAlone || fenced) return [];
  const down: PlacementActionKind[] = from === "promoted" ? ["demote", "stop"] : ["stop"];
  const up: PlacementActionKind[] = to === "promoted" ? ["start", "promote"] : ["start"];
  if (from === undefined) return to === undefined ? [] : up;
  if (to === undefined) return down;
  if (restart !== undefined) return [...down, ...up];
  if (from === to) return [];
  return to === "promoted" ? ["promote"] : ["demote"];
}

/** One instance comes down before it comes up anywhere, and who was promoted is demoted before another is promoted. */
function orderWithin(drafts: readonly Draft[]): void {
  const downs = drafts.filter(({ kind }) => kind === "stop" || kind === "demote");
  for (const one of drafts) {
    if (one.kind === "promote")
      addWhere(one, drafts, ({ kind, step }) => kind === "start" && step === one.step);
    for (const down of downs) {
      const same = one.step?.instance === down.step?.instance || one.node === down.node;
      const follows =
        (one.kind === "stop" && down.kind === "demote" && one.step === down.step) ||
        (one.kind === "start" && down.kind === "stop" && (same || isSingle(one.step))) ||
        (one.kind === "promote" && down.kind === "demote");
      if (follows) one.after.add(down.id);
    }
  }
}

function addWhere(one: Draft, others: readonly Draft[], goesBefore: (other: Draft) => boolean): void {
  for (const other of others) if (goesBefore(other)) one.after.add(other.id);
}

function isSingle(step: Step | undefined): boolean {
  return !isClone(step?.allotted.group);
}

/** What may run on a node that is to be fenced starts elsewhere once that is done. */
function orderAfterFences(byGroup: ByGroup, drafts: readonly Draft[], steps: readonly Step[]): void {
  const ids = new Set(drafts.filter(({ kind }) => kind === "fence").map(({ id }) => id));
  for (const gone of steps) {
    const id = `fence ${gone.node}`;
    if (!gone.fenced || !ids.has(id)) continue;
    for (const { kind, step, after } of byGroup.get(gone.allotted.group.name) ?? []) {
      const taken = isSingle(step) || gone.instance === step?.instance;
      if (kind === "start" ? taken : kind === "promote" && gone.from === "promoted") after.add(id);
    }
  }
}

function orderStarts(byGroup: ByGroup, { start, after, role }: StartAfter): void {
  const up = role === "promoted" ? "promote" : "start";
  const down = role === "promoted" ? "demote" : "stop";
  const later = byGroup.get(start) ?? [];
  const earlier = byGroup.get(after) ?? [];
  const here = isOnEachNode(later[0]?.step?.allotted.group, earlier[0]?.step?.allotted.group);
  for (const one of later) {
    if (one.kind === "start")
      addWhere(one, earlier, ({ kind, node }) => kind === up && (!here || node === one.node));
    if (one.kind !== "stop") continue;
    for (const other of earlier)
      if (other.kind === down && (!here || other.node === one.node)) other.after.add(one.id);
  }
}

/** What must be apart is not there for a moment together while one of both moves. */
function orderApart(byGroup: ByGroup, situation: Situation): void {
  for (const one of situation.bonds) {
    if (worthOf(one) > -MUST_SCORE) continue;
    const both = one.names.map((name) => byGroup.get(name) ?? []);
    for (const [comes, goes] of [both, both.toReversed()]) {
      for (const start of comes ?? []) {
        const value = siteValue(start.node, one.by, situation);
        if (start.kind !== "start" || value === undefined) continue;
        addWhere(
          start,
          goes ?? [],
          ({ kind, node }) => kind === "stop" && siteValue(node, one.by, situation) === value,
        );
      }
    }
  }
}
