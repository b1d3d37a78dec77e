// Goes on from what was decided to what would be decided next, until nothing moves any more, and takes that: groups that listen to each
// other could otherwise move a second time after they have moved, or for ever.
import { PLACEMENT_LIMITS } from "../../limits.js";
import { Allocation, type Allotted } from "./allocation.js";
import { blockedAmong, type Blocked } from "./runnable.js";
import { beyondReach, compareNames, withRunning, type Situation } from "./situation.js";
import { slotsFor, type Slot } from "./slots.js";
import type { RunningInstance } from "./state.js";

export interface Decision {
  readonly all: readonly Allotted[];
  readonly blocked: Blocked;
  readonly againAtMs: number;
}

export function settledDecision(situation: Situation): Decision {
  const first = decide(situation);
  const decisions = [first];
  const seen = [textOf(situation)];
  for (let last = first; decisions.length < PLACEMENT_LIMITS.placementRounds;) {
    const next = withRunning(situation, runningAfter(last));
    const round = seen.indexOf(textOf(next));
    // Whoever runs as in a circle stays as it is: a circle is entered once, and never turned in.
    if (round >= 0)
      return onto(situation, decisions[round === 0 ? decisions.length - 1 : round - 1] ?? first);
    seen.push(textOf(next));
    last = decide(next);
    decisions.push(last);
  }
  return onto(situation, decisions.at(-1) ?? first);
}

function decide(situation: Situation): Decision {
  const allocation = new Allocation(situation);
  const all = allocation.result();
  return { all, blocked: blockedAmong(all, situation), againAtMs: allocation.againAtMs };
}

/** What runs once a decision is carried out, as far as the next one depends on it. */
function runningAfter({ all, blocked }: Decision): readonly RunningInstance[] {
  return all.flatMap(({ group, slots, promotion }) =>
    slots
      .filter((slot) => !blocked.has(slot))
      .map(({ node, instance, runs, leftAlone }): RunningInstance => {
        if (leftAlone && runs !== undefined) return runs;
        return {
          group: group.name,
          instance,
          node,
          role: promotion.promoted.has(instance) ? "promoted" : "started",
        };
      }),
  );
}

/** Without numbers of instances and without what failed: neither decides where something goes. */
function textOf(situation: Situation): string {
  const each = situation.groups.flatMap(({ name }) =>
    situation
      .runningOf(name)
      .filter(({ node }) => situation.standingOf(node) !== "unclean")
      .map(({ node, role }) => `${name} ${node} ${role}`),
  );
  return each.toSorted(compareNames).join("\n");
}

/** The same decision for what really runs. */
function onto(situation: Situation, decision: Decision): Decision {
  const all = decision.all.map((allotted): Allotted => {
    const { group, slots, promotion } = allotted;
    const running = situation.runningOf(group.name);
    const kept = slots.filter(({ leftAlone }) => leftAlone).flatMap(({ runs }) => runs ?? []);
    const open = slots.filter(({ leftAlone }) => !leftAlone).map(({ node }) => node);
    const real = slotsFor(kept, open, running, beyondReach(group.name, situation));
    return { ...allotted, slots: real, promotion: { ...promotion, promoted: promotedIn(real, allotted) } };
  });
  return { all, blocked: blockedAmong(all, situation), againAtMs: decision.againAtMs };
}

/** As many on each node as were decided, those first that are promoted already. */
function promotedIn(real: readonly Slot[], { slots, promotion }: Allotted): ReadonlySet<number> {
  const left = slots.filter(({ instance }) => promotion.promoted.has(instance)).map(({ node }) => node);
  const promoted = new Set<number>();
  const isPromoted = ({ runs }: Slot): boolean => runs?.role === "promoted";
  const open = real.filter((slot) => !slot.leftAlone || isPromoted(slot));
  const sorted = open.toSorted((a, b) => Number(isPromoted(b)) - Number(isPromoted(a)));
  for (const { node, instance } of sorted) {
    const place = left.indexOf(node);
    if (place < 0) continue;
    left.splice(place, 1);
    promoted.add(instance);
  }
  return promoted;
}
