// Which instance of a group is where: those that run keep their number, new ones take the lowest that is free.
import type { RunningInstance } from "./state.js";

export interface Slot {
  readonly node: string;
  readonly instance: number;
  /** What runs there already; undefined: it is to be started. */
  readonly runs: RunningInstance | undefined;
  readonly leftAlone: boolean;
}

/**
 * By instance. `kept` are left alone, `nodes` are those chosen for the rest, one for each instance. Numbers in `beyond` are not given
 * away: what has them may run where nobody reaches it.
 */
export function slotsFor(
  kept: readonly RunningInstance[],
  nodes: readonly string[],
  running: readonly RunningInstance[],
  beyond: ReadonlySet<number> = new Set(),
): readonly Slot[] {
  const slots: Slot[] = [];
  const numbers = new Set(beyond);
  const take = (runs: RunningInstance, leftAlone: boolean): boolean => {
    if (numbers.has(runs.instance)) return false;
    numbers.add(runs.instance);
    slots.push({ node: runs.node, instance: runs.instance, runs, leftAlone });
    return true;
  };
  for (const one of kept) take(one, true);
  const open: string[] = [];
  const spare = running.filter((one) => !kept.includes(one));
  for (const node of nodes) {
    const index = spare.findIndex((one) => one.node === node);
    const [runs] = index < 0 ? [] : spare.splice(index, 1);
    if (runs === undefined || !take(runs, false)) open.push(node);
  }
  let next = 0;
  for (const node of open) {
    while (numbers.has(next)) next += 1;
    numbers.add(next);
    slots.push({ node, instance: next, runs: undefined, leftAlone: false });
  }
  return slots.toSorted((a, b) => a.instance - b.instance);
}
