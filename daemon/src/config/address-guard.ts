// After how long a silence of this daemon its guard removes the addresses: so soon that they are gone before another node takes
// over, and so late that a daemon which is a little late does not lose them. Pure; docs/addresses.md has the measurements.
import type { MembershipTimings } from "@systole/core/ports";

/** A guard on a busy machine may be late itself. A fifth of deadtime, within these. */
const SHORTEST_MARGIN_MS = 50;
const LONGEST_MARGIN_MS = 200;
const MARGIN_SHARE = 0.2;
/** A sign of life that comes a keepalive late must not cost the address. */
const SIGNS_OF_LIFE = 2;

function marginMs(deadMs: number): number {
  return Math.min(LONGEST_MARGIN_MS, Math.max(SHORTEST_MARGIN_MS, Math.round(deadMs * MARGIN_SHARE)));
}

/**
 * Milliseconds; undefined where none fits. The other nodes may have missed the last sign of life, and count from the one
 * before.
 */
export function guardTime({ deadMs, keepaliveMs }: MembershipTimings): number | undefined {
  const afterMs = deadMs - keepaliveMs - marginMs(deadMs);
  return afterMs >= SIGNS_OF_LIFE * keepaliveMs ? afterMs : undefined;
}

/** The shortest deadtime that has room for a guard. */
export function leastDeadtimeMs({ keepaliveMs }: Pick<MembershipTimings, "keepaliveMs">): number {
  const neededMs = (SIGNS_OF_LIFE + 1) * keepaliveMs;
  const byShare = Math.ceil(neededMs / (1 - MARGIN_SHARE));
  return Math.min(Math.max(byShare, neededMs + SHORTEST_MARGIN_MS), neededMs + LONGEST_MARGIN_MS);
}
