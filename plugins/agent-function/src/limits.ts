// The bounds of looking after what a function does.

/** Between two looks at what a function has done; doubled each time. */
export const FIRST_LOOK_PAUSE_MS = 250;
export const LONGEST_LOOK_PAUSE_MS = 5000;
/** With less time than that there is no further look. */
export const LEAST_LOOK_MS = 100;
/** After the time in which a function may still work at a start that nobody waits for; then a stop is sure. */
export const SETTLE_MARGIN_MS = 250;
/** What is remembered of starts whose end is not known, by resource; the oldest is forgotten. */
export const MAX_UNSETTLED = 1000;
