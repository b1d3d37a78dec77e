// Which groups a node holds, as heartbeat says it: those at home here, those at home elsewhere, both or none.
import type { GroupSet, GroupSpec } from "@systole/core/ports";

export interface Hold {
  readonly local: boolean;
  readonly foreign: boolean;
}

export const NONE: Hold = { local: false, foreign: false };
export const LOCAL: Hold = { local: true, foreign: false };
export const ALL: Hold = { local: true, foreign: true };
export const FOREIGN: Hold = { local: false, foreign: true };

export function holdName(hold: Hold): "none" | GroupSet {
  if (hold.local) return hold.foreign ? "all" : "local";
  return hold.foreign ? "foreign" : "none";
}

/** A word that nobody knows means nothing. */
export function holdOf(name: string | undefined): Hold {
  return { local: name === "local" || name === "all", foreign: name === "foreign" || name === "all" };
}

export function either(left: Hold, right: Hold): Hold {
  return { local: left.local || right.local, foreign: left.foreign || right.foreign };
}

export function without(left: Hold, right: Hold): Hold {
  return { local: left.local && !right.local, foreign: left.foreign && !right.foreign };
}

/** The same set as the other of two nodes counts. */
export function mirrored(hold: Hold): Hold {
  return { local: hold.foreign, foreign: hold.local };
}

export function nothingIn(hold: Hold): boolean {
  return !hold.local && !hold.foreign;
}

export function groupsIn(groups: readonly GroupSpec[], self: string, hold: Hold): readonly GroupSpec[] {
  return groups.filter(({ home }) => (home === self ? hold.local : hold.foreign));
}
