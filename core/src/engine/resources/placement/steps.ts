// What each instance goes through: nothing, down, up, or both. An instance is restarted where it is when it failed, and when what it
// starts after is stopped.
import type { Allotted } from "./allocation.js";
import { neededSlots, reachOf, type Blocked } from "./runnable.js";
import type { Situation } from "./situation.js";
import type { Slot } from "./slots.js";
import { isMust } from "./start-order.js";
import type { InstanceRole, RunningInstance } from "./state.js";

export interface Step {
  readonly allotted: Allotted;
  readonly instance: number;
  readonly node: string;
  /** What it is now; undefined: it does not run. */
  readonly from: InstanceRole | undefined;
  /** What it shall be; undefined: it shall not run here. */
  readonly to: InstanceRole | undefined;
  /** Stopped and started again although it stays. */
  restart: string | undefined;
  /** Only the end of its node stops it. */
  readonly fenced: boolean;
  readonly leftAlone: boolean;
  readonly slot: Slot | undefined;
}

export function stepsOf(all: readonly Allotted[], blocked: Blocked, situation: Situation): readonly Step[] {
  const steps = all.flatMap((allotted) => stepsOfGroup(allotted, blocked, situation));
  restartDependents(steps, all, situation);
  return steps;
}

function stepsOfGroup(allotted: Allotted, blocked: Blocked, situation: Situation): readonly Step[] {
  const { group, slots, promotion } = allotted;
  const running = situation.runningOf(group.name);
  const wanted = slots.filter((slot) => !blocked.has(slot));
  const roleOf = ({ instance }: Slot): InstanceRole =>
    promotion.promoted.has(instance) ? "promoted" : "started";
  const before = running.map((runs): Step => {
    const slot = wanted.find((one) => one.runs === runs);
    const leftAlone = slot?.leftAlone === true;
    return {
      allotted,
      instance: runs.instance,
      node: runs.node,
      from: runs.role,
      to: leftAlone ? runs.role : slot === undefined ? undefined : roleOf(slot),
      restart: slot === undefined || leftAlone ? undefined : failedText(runs),
      fenced: situation.standingOf(runs.node) === "unclean",
      leftAlone,
      slot,
    };
  });
  const fresh = wanted
    .filter(({ runs }) => runs === undefined)
    .map((slot): Step => ({
      allotted,
      instance: slot.instance,
      node: slot.node,
      from: undefined,
      to: roleOf(slot),
      restart: undefined,
      fenced: false,
      leftAlone: false,
      slot,
    }));
  return [...before, ...fresh];
}

function failedText({ condition, node }: RunningInstance): string | undefined {
  return condition === "failed" ? `it failed on ${node}, and is restarted there` : undefined;
}

/** What starts after something else is restarted with it, unless an instance that it may lean on goes on without a break. */
function restartDependents(steps: readonly Step[], all: readonly Allotted[], situation: Situation): void {
  const byName = new Map(all.map((one) => [one.group.name, one]));
  const bySlot = new Map(
    steps.flatMap((step) => (step.slot === undefined ? [] : [[step.slot, step] as const])),
  );
  const musts = situation.starts.filter(isMust);
  for (let changed = true; changed;) {
    changed = false;
    for (const { start, after, role } of musts) {
      const needed = byName.get(after);
      const { reaches } = reachOf(byName.get(start)?.group, needed?.group);
      for (const step of steps) {
        if (step.allotted.group.name !== start || needed === undefined || !isRestartable(step)) continue;
        const leans = neededSlots(step.slot, { promoted: role === "promoted", reaches }, needed);
        if (leans.some((slot) => goesOn(bySlot.get(slot), role))) continue;
        step.restart = `${after}, which it starts after, is ${role === "promoted" ? "promoted" : "started"} anew`;
        changed = true;
      }
    }
  }
}

function isRestartable(step: Step): step is Step & { readonly slot: Slot } {
  const stays = step.from !== undefined && step.to !== undefined;
  return stays && !step.leftAlone && step.restart === undefined && step.slot !== undefined;
}

function goesOn(step: Step | undefined, role: "promoted" | undefined): boolean {
  if (step === undefined || step.from === undefined || step.to === undefined) return false;
  if (step.restart !== undefined) return false;
  return role !== "promoted" || (step.from === "promoted" && step.to === "promoted");
}
