// What one of the two schedulers makes of a situation, in a form in which both can be laid side by side.
import type { Placement, PlacementAction, PlacementActionKind } from "@systole/core/engine";
import type { PlacementGroup } from "@systole/core/ports";

export interface Deed {
  readonly kind: PlacementActionKind;
  readonly node: string;
  /** Undefined with `fence`. */
  readonly group: string | undefined;
}

export interface Outcome {
  /** `EARLIER < LATER`, also where others stand between, sorted. */
  readonly orders: readonly string[];
  /** Where each group runs in the end, sorted; a star for promoted. */
  readonly places: readonly { readonly group: string; readonly nodes: readonly string[] }[];
  readonly deeds: readonly Deed[];
}

/** What Systole's placement comes to once it is carried out. */
export function outcomeOf({ instances, actions }: Placement, groups: readonly PlacementGroup[]): Outcome {
  return {
    places: groups.map(({ name }) => ({
      group: name,
      nodes: instances
        .filter(({ group, node }) => group === name && node !== undefined)
        .map(({ node = "", role }) => `${node}${role === "promoted" ? "*" : ""}`)
        .toSorted(),
    })),
    deeds: actions.map(({ kind, node, group }) => ({ kind, node, group })),
    orders: ordersOf(actions),
  };
}

function ordersOf(actions: readonly PlacementAction[]): readonly string[] {
  const byId = new Map(actions.map((one) => [one.id, one]));
  const allBefore = (id: string): readonly string[] =>
    (byId.get(id)?.after ?? []).flatMap((one) => [one, ...allBefore(one)]);
  const name = (id: string): string => {
    const { kind = "fence", node = "", group } = byId.get(id) ?? {};
    return deedName({ kind, node, group });
  };
  const orders = actions.flatMap(({ id }) => allBefore(id).map((one) => `${name(one)} < ${name(id)}`));
  return [...new Set(orders)].toSorted();
}

/** Those of groups with one resource: only for these is an action of the one scheduler an action of the other. */
export function plainOrders({ orders }: Outcome, groups: readonly PlacementGroup[]): readonly string[] {
  const large = groups.filter(({ resources }) => resources.length > 1).map(({ name }) => ` ${name} on `);
  return orders.filter((order) => !large.some((name) => order.includes(name)));
}

/** What is done, each once, sorted; without stops and demotions that a fence does. */
export function deedsOf({ deeds }: Outcome): readonly string[] {
  return [...new Set(deeds.map(deedName))].toSorted();
}

/** Orders of a placement that were not kept by who did it in another way. */
export function brokenOrders({ actions }: Placement, { deeds }: Outcome): readonly string[] {
  const done = deeds.map(deedName);
  const names = new Map(
    actions.map((one) => [one.id, deedName({ kind: one.kind, node: one.node, group: one.group })]),
  );
  return actions.flatMap(({ id, after }) =>
    after
      .filter((before) => {
        const first = done.indexOf(names.get(id) ?? "");
        return first >= 0 && done.lastIndexOf(names.get(before) ?? "") > first;
      })
      .map((before) => `${id} before ${before}`),
  );
}

export function deedName({ kind, node, group }: Deed): string {
  return group === undefined ? `${kind} ${node}` : `${kind} ${group} on ${node}`;
}

/** `web alpha; db bravo (restarted); fences charlie`. */
export function textOf({ places, deeds }: Outcome): string {
  const fenced = deeds.filter(({ kind }) => kind === "fence").map(({ node }) => `fences ${node}`);
  const groups = places.map(({ group, nodes }) => {
    const again = nodes.filter((node) => isRestarted(group, node.replace("*", ""), deeds));
    const noted =
      again.length === 0
        ? ""
        : again.length === nodes.length
          ? " (restarted)"
          : ` (${again.join(", ")} restarted)`;
    return `${group} ${nodes.length === 0 ? "nowhere" : nodes.join(", ")}${noted}`;
  });
  return [...groups, ...[...new Set(fenced)].toSorted()].join("; ");
}

function isRestarted(group: string, node: string, deeds: readonly Deed[]): boolean {
  const here = deeds.filter((one) => one.group === group && one.node === node);
  return here.some(({ kind }) => kind === "stop") && here.some(({ kind }) => kind === "start");
}
