// Who may fence first when a cluster falls into two and both sides see the other one dead: the side that runs the
// service. Both sides come to the same order without a word between them.
import type { FencingRules, NodeView } from "../../ports/index.js";

export interface Race {
  /** The node to be fenced. */
  readonly victim: string;
  /** Every normal node in the order of the configuration. */
  readonly order: readonly string[];
  /** Nodes of this side: those that are heard, and this one. */
  readonly living: readonly string[];
  /** Groups that this side runs. */
  readonly groupsHere: number;
  /** Groups that the other side runs; undefined when it was never heard. */
  readonly groupsThere: number | undefined;
  /** It has said that nothing runs there. It is fenced all the same: else it would fence this side, and take over. */
  readonly idle: boolean;
}

/** This node and the others that are heard, in the order of the configuration. */
export function livingOf(
  nodes: readonly NodeView[],
  order: readonly string[],
  self: string,
): readonly string[] {
  const heard = nodes.filter(({ state }) => state === "up" || state === "active").map(({ name }) => name);
  return order.filter((name) => name === self || heard.includes(name));
}

/** How long this side waits before it fences. */
export function headStartMs(race: Race, rules: FencingRules): number {
  const ownDelayMs = rules.delayMs[race.victim] ?? 0;
  return ownDelayMs + turnsToWait(race) * rules.priorityDelayMs;
}

function turnsToWait({ order, living, groupsHere, groupsThere }: Race): number {
  if (living.length * 2 > order.length) return 0;
  // The others may be the majority, and do not wait.
  if (living.length * 2 < order.length) return groupsThere === undefined ? 2 : 1;
  const isFirst = order[0] !== undefined && living.includes(order[0]);
  // Whoever was never heard may run everything; two that have never heard each other must not fire at once.
  if (groupsThere === undefined) return isFirst ? 1 : 2;
  if (groupsHere === groupsThere) return isFirst ? 0 : 1;
  return groupsHere > groupsThere ? 0 : 1;
}

/**
 * Whose turn it is among the living: one node fences, the next one when the first could not. A node that stays silent
 * about it loses its turn after a while. When all have failed, everybody tries on.
 */
export function isTurnOf(
  self: string,
  living: readonly string[],
  failedBy: ReadonlySet<string>,
  turnsGone: number,
): boolean {
  const able = living.filter((name) => !failedBy.has(name));
  if (able.length === 0) return true;
  const place = able.indexOf(self);
  return place !== -1 && place <= turnsGone;
}

/** Why a silent node is fenced, as a sentence. */
export function whySilent({ victim, groupsThere, idle }: Race): string {
  if (idle) return `${victim} fell silent; it ran nothing, and must not take over`;
  if (groupsThere === undefined) return `${victim} was never heard, and may run anything`;
  return `${victim} fell silent, and may still run what it had`;
}
