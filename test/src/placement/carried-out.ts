// The state of a cluster after everything was done that a placement asks for, one action after another in an order that it allows.
import type { Placement, PlacementAction, PlacementState, RunningInstance } from "@systole/core/engine";

/** In an order that keeps every `after`; throws when there is none. */
export function inOrder(actions: readonly PlacementAction[]): readonly PlacementAction[] {
  const done = new Set<string>();
  const order: PlacementAction[] = [];
  let left = [...actions];
  while (left.length > 0) {
    const ready = left.filter(({ after }) => after.every((id) => done.has(id)));
    if (ready.length === 0)
      throw new Error(`these wait for each other: ${left.map(({ id }) => id).join(", ")}`);
    for (const { id } of ready) done.add(id);
    order.push(...ready);
    left = left.filter(({ id }) => !done.has(id));
  }
  return order;
}

export function carriedOut(state: PlacementState, { actions }: Placement): PlacementState {
  return inOrder(actions).reduce(after, state);
}

export function after(state: PlacementState, action: PlacementAction): PlacementState {
  const { kind, node, group, instance } = action;
  if (kind === "fence") {
    const nodes = state.nodes.map((one) => (one.name === node ? { ...one, standing: "lost" as const } : one));
    return { ...state, nodes, running: state.running.filter((one) => one.node !== node) };
  }
  const isIt = (one: RunningInstance): boolean =>
    one.group === group && one.instance === instance && one.node === node;
  const found = state.running.filter(isIt);
  const others = state.running.filter((one) => !isIt(one));
  if (kind === "start" ? found.length > 0 : found.length !== 1)
    throw new Error(`${action.id} does not fit: ${JSON.stringify(state.running)}`);
  if (kind === "stop") return { ...state, running: others };
  const role = kind === "promote" ? "promoted" : "started";
  return { ...state, running: [...others, { group: group ?? "", instance: instance ?? 0, node, role }] };
}
