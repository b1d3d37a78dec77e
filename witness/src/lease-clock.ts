// By whose time a lease runs out: the witness's, never a node's.
import { CLOCK_SPREAD_MS } from "./limits.js";

export interface LeaseClock {
  /** What was counted by a clock of another name says nothing by this one. */
  readonly name: string;
  /** A lease that was counted by another name was given before this moment. Undefined: it may have been given just now. */
  readonly sinceMs?: number;
  nowMs(): number;
  /** How far the clocks of two instances of the same witness may differ. A lease is given to another so much later. */
  readonly spreadMs: number;
}

/** For functions, of which several instances share a store: their machines' wall clocks, which their providers keep together. */
export const wallClock: LeaseClock = { name: "wall", nowMs: () => Date.now(), spreadMs: CLOCK_SPREAD_MS };

/** For one process that is the whole witness: it never steps. After a restart every lease starts anew. */
export function processClock(): LeaseClock {
  const nowMs = (): number => performance.now();
  return { name: `process ${crypto.randomUUID()}`, sinceMs: nowMs(), nowMs, spreadMs: 0 };
}
