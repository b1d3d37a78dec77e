// What Systole promises, in words for the rows. The times hold on a slow and busy machine; what is usual is in docs/safety.md.
import type { Promised } from "./row.js";

/** One owner hands over to the other, or two that meet settle it. */
const MOMENT_MS = 3000;

/** Nothing moves: nobody else ever answers. */
export const UNMOVED: Promised = { ends: ["master"], twoOwnersMs: 0 };

/** The other node serves, and never both; users need not wait until their neighbour entries expire. */
export const TAKEN_OVER: Promised = { ends: ["cluster1"], twoOwnersMs: 0, gapMs: 8000 };

/** Who was gone is back and serves again; the two never did at once. */
export const HOME: Promised = { ends: ["master"], twoOwnersMs: 0 };

/** Who has let go may have the ping node back before it hears who serves: it waits for that. */
export const MET_AGAIN: Promised = { ends: ["master"], twoOwnersMs: 0 };

/** The node that is cut off lets go by its own clock, and the other one takes over by its own; deadtime leaves them half a second. */
export const LET_GO: Promised = { ends: ["cluster1"], twoOwnersMs: 500 };

/** Who is not heard hears that the other has taken over, and lets go: both answer until it has stopped. */
export const GIVEN_WAY: Promised = { ends: ["cluster1"], twoOwnersMs: 2000 };

/** Two that meet again: one of them lets go. */
export const SETTLED: Promised = { ends: ["master"], twoOwnersMs: MOMENT_MS };

/** Both serve until somebody ends it. */
export const BOTH: Promised = { ends: ["both"] };
