// The bounds of what a node asks its witnesses.

/** Of these at most: what decides is a majority of them. */
export const MAX_WITNESSES = 7;
/** A lease that nobody prolongs is somebody else's after so long. */
export const TTL_MS = 10_000;
/** This node lets go so much earlier: it may need a moment to stop. */
export const MARGIN_MS = 1000;
/** Each witness is greeted so often while nobody needs it: it knows the cluster, and it is known to be there. */
export const CHECK_EVERY_MS = 600_000;
/** And so often while it cannot be reached, or has not known the cluster for long enough. */
export const GREET_AGAIN_MS = 15_000;
/** How long one greeting, and giving back, may take. */
export const GREETING_MS = 5000;
export const RELEASE_MS = 1500;
/** Two nodes that have each got a part of the witnesses wait up to so long before they try again, each for another time. */
export const LONGEST_TIE_PAUSE_MS = 400;
