// The bounds of telling a function what happens.

/** Events that wait for a function that does not take them; beyond it the oldest is dropped. */
export const MAX_WAITING = 256;
/** A function that is there may refuse an event so often; then it is dropped, and the next one told. */
export const MAX_REFUSALS = 10;
/** Until what waits is told again; doubled each time. */
export const FIRST_RETRY_MS = 1000;
export const LONGEST_RETRY_MS = 60_000;
