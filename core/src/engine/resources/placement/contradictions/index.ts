// What in the rules of placement cannot be meant: found before anything is placed, so that a file is refused with its lines.
import type { PlacementRules } from "../../../../ports/index.js";
import { bondContradictions } from "./bonds.js";
import { circleContradictions } from "./circles.js";
import type { Contradiction } from "./contradiction.js";
import { nameContradictions } from "./names.js";
import { nowhereContradictions } from "./nowhere.js";

export { pathText, type Contradiction, type RulesPath } from "./contradiction.js";

/** Empty: the rules can be kept, as far as that can be told without knowing which nodes live. With wrong names nothing else is looked at. */
export function contradictionsIn(rules: PlacementRules): readonly Contradiction[] {
  const names = nameContradictions(rules);
  if (names.length > 0) return names;
  return [...circleContradictions(rules), ...bondContradictions(rules), ...nowhereContradictions(rules)];
}
