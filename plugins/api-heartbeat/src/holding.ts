// What `cl_status rscstatus` shows: heartbeat's four words for what a node holds, from this cluster's groups. Pure.
import type { ClusterSituation } from "@systole/sdk";

export type Holding = "none" | "local" | "foreign" | "all" | "transition";

/** A set without groups counts as held when it falls to this node: its own always, the other's when nobody else lives. */
export function holdingOf(situation: ClusterSituation): Holding {
  const { node: self, nodes, groups, stable } = situation;
  if (!stable) return "transition";
  const mine = groups.filter((group) => group.home === self);
  const others = groups.filter((group) => group.home !== self);
  const alone = !nodes.some(
    ({ name, kind, state }) => kind === "normal" && name !== self && state === "active",
  );
  const local = mine.every((group) => group.owner === self);
  const foreign = others.length === 0 ? alone : others.every((group) => group.owner === self);
  if (local && foreign) return "all";
  if (local) return "local";
  return foreign ? "foreign" : "none";
}
