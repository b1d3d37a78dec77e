// The bounds of a call, on both sides of it.

/** Of a request and of an answer. */
export const MAX_BODY_BYTES = 16_384;
/** How long one attempt may take when the configuration does not say otherwise. */
export const CALL_TIMEOUT_MS = 30_000;
/** Attempts of one call, all under the same id, that may fail before it has failed. */
export const MAX_FAILED_ATTEMPTS = 4;
/** Attempts in all: so often it is asked whether a call that is under way is done. */
export const MAX_ATTEMPTS = 60;
/** Before the second attempt; doubled each time. */
export const FIRST_PAUSE_MS = 250;
export const LONGEST_PAUSE_MS = 5000;
/** A key that is shorter can be guessed. */
export const MIN_KEY_CHARACTERS = 32;
/** How far the date of a call may be from the function's own. */
export const DATE_WINDOW_MS = 300_000;
/** Calls that a function remembers in memory; a further one is refused. */
export const MAX_REMEMBERED_CALLS = 1000;
/** Characters of a reason that the other side gives. */
export const MAX_REASON_CHARACTERS = 500;
