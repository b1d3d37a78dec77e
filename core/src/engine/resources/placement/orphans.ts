// Groups that run and are in the rules no more: they are stopped wherever they are, unless they are left alone.
import { isLeftAlone, NO_PROMOTION, type Allotted } from "./allocation.js";
import type { Situation } from "./situation.js";
import { slotsFor } from "./slots.js";

/** By name. */
export function orphansIn(situation: Situation): readonly Allotted[] {
  const known = new Set(situation.groups.map(({ name }) => name));
  const names = new Set(situation.state.running.map(({ group }) => group).filter((name) => !known.has(name)));
  return [...names].toSorted().map((name) => {
    const running = situation.runningOf(name);
    return {
      // Numbers of instances tell apart what runs on several nodes.
      group: { name, resources: [], ...(running.length > 1 ? { clone: {} } : {}) },
      slots: slotsFor(
        running.filter((one) => isLeftAlone(one, situation)),
        [],
        running,
      ),
      promotion: NO_PROMOTION,
      scores: new Map(),
      held: "it is not in the configuration any more",
      room: 0,
    };
  });
}
