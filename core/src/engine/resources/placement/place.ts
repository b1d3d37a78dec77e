// Where every group shall run, as one pure function of the rules and of what is known: the same on every node.
import type { PlacementRules } from "../../../ports/index.js";
import { actionsOf } from "./actions.js";
import type { Allotted } from "./allocation.js";
import { orphansIn } from "./orphans.js";
import type { PlacedInstance, Placement } from "./outcome.js";
import { whyNowhere, whyThere } from "./reasons.js";
import type { Blocked } from "./runnable.js";
import { settledDecision } from "./settle.js";
import { situationOf, type Situation } from "./situation.js";
import type { PlacementState } from "./state.js";
import { stepsOf, type Step } from "./steps.js";

/** Takes rules in which `contradictionsIn` finds nothing; with others it still answers, and no action waits for itself. */
export function place(rules: PlacementRules, state: PlacementState): Placement {
  const situation = situationOf(rules, state);
  const { all, blocked, againAtMs } = settledDecision(situation);
  const instances = all.flatMap((allotted) => instancesOf(allotted, blocked, situation));
  const steps = stepsOf([...all, ...orphansIn(situation)], blocked, situation);
  return {
    instances,
    actions: actionsOf(steps, situation, (step) => whyStep(step, instances, situation)),
    againAtMs: Math.min(situation.againAtMs, againAtMs),
  };
}

function instancesOf(allotted: Allotted, blocked: Blocked, situation: Situation): readonly PlacedInstance[] {
  const { group, slots, promotion } = allotted;
  const placed = slots.map((slot): PlacedInstance => {
    const { instance, leftAlone, runs } = slot;
    const common = { group: group.name, instance, leftAlone };
    const why = blocked.get(slot);
    if (why !== undefined) return { ...common, node: undefined, role: "started", why };
    const promoted = leftAlone ? runs?.role === "promoted" : promotion.promoted.has(instance);
    const there = whyThere(allotted, slot, situation);
    return {
      ...common,
      node: slot.node,
      role: promoted ? "promoted" : "started",
      why: promoted || promotion.why === undefined ? there : `${there}; ${promotion.why}`,
    };
  });
  return [...placed, ...unplaced(allotted, situation)];
}

function unplaced(allotted: Allotted, situation: Situation): readonly PlacedInstance[] {
  const { group, slots } = allotted;
  const taken = new Set(slots.map(({ instance }) => instance));
  const count = allotted.room;
  const free = Array.from({ length: count }, (_, instance) => instance).filter((one) => !taken.has(one));
  return free.slice(0, Math.max(0, count - taken.size)).map((instance) => ({
    group: group.name,
    instance,
    node: undefined,
    role: "started",
    leftAlone: situation.inMaintenance.has(group.name),
    why: whyNowhere(allotted, situation),
  }));
}

function whyStep(step: Step, instances: readonly PlacedInstance[], situation: Situation): string {
  if (step.restart !== undefined) return step.restart;
  const { name } = step.allotted.group;
  const own = instances.find((one) => one.group === name && one.instance === step.instance);
  return own?.why ?? whyNowhere(step.allotted, situation);
}
