// One thing that is wrong with rules of placement, and all places that it comes from.

/** Keys into the rules as an operator writes them, groups by name: `["constraints", 2]`, `["groups", "web", "never"]`. */
export type RulesPath = readonly (string | number)[];

export interface Contradiction {
  /** A sentence: what is wrong, and what to write instead. */
  readonly message: string;
  /** One or more; of two that exclude each other both. */
  readonly places: readonly RulesPath[];
}

/** As people write it: `constraints[2]`, `groups.web.never`. */
export function pathText(path: RulesPath): string {
  return path
    .map((key, place) => (typeof key === "number" ? `[${key}]` : place === 0 ? key : `.${key}`))
    .join("");
}
