// Instances that have a node and still may not run, because what they start after, or are bound to, does not run itself.
import { MUST_SCORE, type PlacementGroup } from "../../../ports/index.js";
import type { Allotted } from "./allocation.js";
import { worthOf } from "./bonds.js";
import { siteValue } from "./site-value.js";
import type { Situation } from "./situation.js";
import type { Slot } from "./slots.js";
import { isMust } from "./start-order.js";

/** One constraint by which a group needs another. */
interface Need {
  readonly group: string;
  readonly needed: string;
  readonly promoted: boolean;
  /** Whether an instance on one node may lean on one on another. */
  readonly reaches: (node: string, other: string) => boolean;
  /** Only on its own node. */
  readonly here: boolean;
  readonly how: "it starts only after" | "it runs only with";
}

/** Why each of these may not run, as a sentence. */
export type Blocked = ReadonlyMap<Slot, string>;

export function blockedAmong(all: readonly Allotted[], situation: Situation): Blocked {
  const byName = new Map(all.map((one) => [one.group.name, one]));
  const needs = needsOf(byName, situation);
  const blocked = new Map<Slot, string>();
  for (let changed = true; changed;) {
    changed = false;
    for (const need of needs) {
      const needed = byName.get(need.needed);
      for (const slot of byName.get(need.group)?.slots ?? []) {
        if (slot.leftAlone || blocked.has(slot) || needed === undefined) continue;
        if (neededSlots(slot, need, needed).some((one) => !blocked.has(one))) continue;
        blocked.set(slot, reasonOf(need, slot));
        changed = true;
      }
    }
  }
  return blocked;
}

/** Those of the needed group that an instance leans on. */
export function neededSlots(
  slot: Slot,
  { promoted, reaches }: Pick<Need, "promoted" | "reaches">,
  { slots, promotion }: Allotted,
): readonly Slot[] {
  return slots.filter(
    (one) => reaches(slot.node, one.node) && (!promoted || promotion.promoted.has(one.instance)),
  );
}

/** What an instance of one group leans on of another that it starts after. */
export function reachOf(
  one: PlacementGroup | undefined,
  other: PlacementGroup | undefined,
): Pick<Need, "reaches" | "here"> {
  const here = isOnEachNode(one, other);
  return { here, reaches: (node, another) => !here || node === another };
}

/** Between two clones each instance looks to its own node. */
export function isOnEachNode(one: PlacementGroup | undefined, other: PlacementGroup | undefined): boolean {
  return isClone(one) && isClone(other);
}

export function isClone(group: PlacementGroup | undefined): boolean {
  return group?.clone !== undefined || group?.promotable !== undefined;
}

function needsOf(byName: ReadonlyMap<string, Allotted>, situation: Situation): readonly Need[] {
  const group = (name: string): PlacementGroup | undefined => byName.get(name)?.group;
  const starts = situation.starts.filter(isMust).map(({ start, after, role }): Need => ({
    group: start,
    needed: after,
    promoted: role === "promoted",
    ...reachOf(group(start), group(after)),
    how: "it starts only after",
  }));
  const bonds = situation.bonds
    .filter((one) => worthOf(one) >= MUST_SCORE)
    .map((one): Need => ({
      group: one.names[1],
      needed: one.names[0],
      promoted: one.kind === "together" && one.role === "promoted",
      reaches: (node, other) => {
        const value = siteValue(node, one.by, situation);
        return value !== undefined && siteValue(other, one.by, situation) === value;
      },
      here: one.by === undefined,
      how: "it runs only with",
    }));
  return [...starts, ...bonds];
}

function reasonOf({ how, needed, promoted, here }: Need, { node }: Slot): string {
  const what = promoted ? "is not promoted" : "does not run";
  return `${how} ${needed}, which ${what}${here ? ` on ${node}` : ""}`;
}
