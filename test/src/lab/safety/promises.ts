// What Systole promises, in words for the rows. The times hold on a slow and busy machine; what is usual is in docs/safety.md.
import type { Promised } from "./row.js";

/** One owner hands over to the other, or two that meet settle it. */
const MOMENT_MS = 3000;

/** Nothing moves: nobody else ever answers. */
export const UNMOVED: Promised = { ends: ["master"], twoOwnersMs: 0 };

/** The other node serves, and never both. */
export const TAKEN_OVER: Promised = { ends: ["cluster1"], twoOwnersMs: 0 };

/** Two that meet again: one of them lets go. */
export const SETTLED: Promised = { ends: ["master"], twoOwnersMs: MOMENT_MS };

/** Both serve until somebody ends it. */
export const BOTH: Promised = { ends: ["both"] };
