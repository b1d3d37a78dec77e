// Plugins as a node that stays in memory has them: wired by tsyringe.
import { TsyringeTable } from "../di/tsyringe-table.js";
import type { Composition } from "./composition.js";
import { LIFECYCLE_DEADLINES, type LifecycleDeadlines } from "./lifecycle.js";
import { composeInto, type ComposedPlugins } from "./plugin-composer.js";

export type { ComposedPlugins } from "./plugin-composer.js";

/** As `composeInto`. */
export function composePlugins(
  composition: Composition,
  deadlines: LifecycleDeadlines = LIFECYCLE_DEADLINES,
): Promise<ComposedPlugins> {
  return composeInto(new TsyringeTable(), composition, deadlines);
}
