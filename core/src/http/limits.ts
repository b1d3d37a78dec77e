// The bounds of a signed call, on both sides of it.

/** Of a request and of an answer. */
export const MAX_BODY_BYTES = 65_536;
/** A key that is shorter can be guessed. */
export const MIN_KEY_CHARACTERS = 32;
/** How far the date of a call may be from the function's own clock. */
export const DATE_WINDOW_MS = 300_000;
/** Calls that a function remembers in memory; a further one is refused. */
export const MAX_REMEMBERED_CALLS = 10_000;
/** Attempts of one call, all under the same id, that may fail before it has failed. */
export const MAX_FAILED_ATTEMPTS = 4;
/** Attempts in all: so often it is asked whether a call that is under way is done. */
export const MAX_ATTEMPTS = 60;
/** Before the second attempt; doubled each time. */
export const FIRST_PAUSE_MS = 250;
export const LONGEST_PAUSE_MS = 5000;
/** Characters of a reason that the other side gives. */
export const MAX_REASON_CHARACTERS = 500;
/** Characters of the name of a key. */
export const MAX_KEY_NAME_CHARACTERS = 255;
