// What a node that falls silent leaves behind: whether it may still run something, and how much each side has.
import type { NodeView, PolicyInit } from "../../../ports/index.js";
import { livingOf, type Race } from "../../fencing/race.js";
import type { GroupClaim } from "./group-claim.js";
import type { NodeReport } from "./report.js";

/**
 * Undefined when nothing can run there: the node has said of every group that it does not run there, and no claim names
 * it. Without fence devices only what it was seen to hold counts, as all that could be done about it is a warning.
 */
export function raceAgainst(
  victim: string,
  groups: readonly GroupClaim[],
  report: NodeReport | undefined,
  nodes: readonly NodeView[],
  { self, nodes: order, fencing }: PolicyInit,
): Race | undefined {
  const owned = groups.filter(({ claim }) => claim.owner === victim);
  const isStopped = groups.every(({ spec }) => report?.groups.get(spec.key)?.state === "stopped");
  if (owned.length === 0 && (isStopped || !fencing)) return undefined;
  const living = livingOf(nodes, order, self);
  const here = groups.filter(({ claim }) => claim.owner !== undefined && living.includes(claim.owner));
  const wasHeard = report !== undefined || owned.length > 0;
  const groupsThere = wasHeard ? groups.length - here.length : undefined;
  return { victim, order, living, groupsHere: here.length, groupsThere };
}
