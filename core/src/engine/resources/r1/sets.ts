// R1 counts groups in two sets: those at home here (`local`) and those at home elsewhere (`foreign`).
import type { GroupSet, GroupSpec } from "../../../ports/index.js";

/** What a node holds, as that node counts. */
export interface Held {
  readonly local: boolean;
  readonly foreign: boolean;
}

/** As written in the field `rsc_hold`. */
export type HeldText = "none" | GroupSet;

export const NONE: Held = { local: false, foreign: false };
export const ALL: Held = { local: true, foreign: true };

export function heldOf(text: HeldText): Held {
  return { local: text === "local" || text === "all", foreign: text === "foreign" || text === "all" };
}

export function heldText(held: Held): HeldText {
  if (held.local) return held.foreign ? "all" : "local";
  return held.foreign ? "foreign" : "none";
}

export function parseHeldText(text: string | undefined): HeldText | undefined {
  return text === "none" || text === "local" || text === "foreign" || text === "all" ? text : undefined;
}

/** The same groups as the other of two nodes counts them. */
export function mirrored(held: Held): Held {
  return { local: held.foreign, foreign: held.local };
}

export function mirroredSet(set: GroupSet): GroupSet {
  if (set === "all") return "all";
  return set === "local" ? "foreign" : "local";
}

export function union(left: Held, right: Held): Held {
  return { local: left.local || right.local, foreign: left.foreign || right.foreign };
}

export function without(held: Held, removed: Held): Held {
  return { local: held.local && !removed.local, foreign: held.foreign && !removed.foreign };
}

export function overlap(left: Held, right: Held): Held {
  return { local: left.local && right.local, foreign: left.foreign && right.foreign };
}

export function isNone(held: Held): boolean {
  return !held.local && !held.foreign;
}

export function isAll(held: Held): boolean {
  return held.local && held.foreign;
}

export function isLocal(group: GroupSpec, self: string): boolean {
  return group.home === self;
}

/** Keys of the groups in a set, in the order of the file. */
export function keysIn(groups: readonly GroupSpec[], self: string, held: Held): readonly string[] {
  return groups
    .filter((group) => (isLocal(group, self) ? held.local : held.foreign))
    .map((group) => group.key);
}
