// What Pacemaker would not do before what, read out of the graph of a transition: also where other actions stand between both.
import { readFile } from "node:fs/promises";
import type { PlacementGroup } from "@systole/core/ports";
import { deedName, type Deed } from "./outcome.js";

/** Names of deeds, `EARLIER < LATER`, of groups with one resource. */
export async function ordersIn(path: string, groups: readonly PlacementGroup[]): Promise<readonly string[]> {
  const xml = await readFile(path, "utf8");
  const before = new Map<string, readonly string[]>();
  const names = new Map<string, string>();
  for (const synapse of xml.split("<synapse ").slice(1)) {
    const [acts = "", inputs = ""] = synapse.split(/<inputs/);
    const ids = [...acts.matchAll(ACTION)].map(([, , id = ""]) => id);
    for (const [text, , id = ""] of acts.matchAll(ACTION)) {
      const name = nameOf(text, groups);
      if (name !== undefined) names.set(id, name);
    }
    const needed = [...inputs.matchAll(ACTION)].map(([, , id = ""]) => id);
    for (const id of ids) before.set(id, needed);
  }
  const orders = [...names].flatMap(([id, later]) =>
    [...reachable(id, before)].flatMap((one) => {
      const earlier = names.get(one);
      return earlier === undefined || earlier === later ? [] : [`${earlier} < ${later}`];
    }),
  );
  return [...new Set(orders)].toSorted();
}

const ACTION = /<(rsc_op|pseudo_event|crm_event) id="(\d+)"[^>]*>/g;

function nameOf(text: string, groups: readonly PlacementGroup[]): string | undefined {
  const kind = /operation="(start|stop|promote|demote|stonith)"/.exec(text)?.[1];
  const node = /on_node="([^"]*)"/.exec(text)?.[1];
  if (kind === undefined || node === undefined) return undefined;
  if (kind === "stonith") return deedName({ kind: "fence", node, group: undefined });
  const resource = / operation_key="([^"]*)_[a-z]+_0"/.exec(text)?.[1]?.replace(/:\d+$/, "");
  const group = groups.find(({ resources }) => resources.length === 1 && resources[0]?.name === resource);
  return group === undefined ? undefined : deedName({ kind: kind as Deed["kind"], node, group: group.name });
}

function reachable(from: string, before: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [...(before.get(from) ?? [])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(before.get(id) ?? []));
  }
  return seen;
}
