// What a node that falls silent leaves behind: whether it may still run something, and how much each side has.
import type { NodeView, PolicyInit } from "../../../ports/index.js";
import { livingOf, type Race } from "../../fencing/race.js";
import type { GroupClaim } from "./group-claim.js";
import type { NodeReport } from "./report.js";

/** Undefined when there is nothing to fence with and nothing to warn of: it was not seen to hold anything. */
export function raceAgainst(
  victim: string,
  groups: readonly GroupClaim[],
  report: NodeReport | undefined,
  nodes: readonly NodeView[],
  { self, nodes: order, fencing }: PolicyInit,
): Race | undefined {
  const owned = groups.filter(({ claim }) => claim.owner === victim);
  if (owned.length === 0 && !fencing) return undefined;
  const isStopped = groups.every(({ spec }) => report?.groups.get(spec.key)?.state === "stopped");
  const living = livingOf(nodes, order, self);
  const here = groups.filter(({ claim }) => claim.owner !== undefined && living.includes(claim.owner));
  const wasHeard = report !== undefined || owned.length > 0;
  const groupsThere = wasHeard ? groups.length - here.length : undefined;
  const idle = owned.length === 0 && isStopped;
  return { victim, order, living, groupsHere: here.length, groupsThere, idle };
}
