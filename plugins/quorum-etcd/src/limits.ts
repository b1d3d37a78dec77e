// The bounds of what a node asks of etcd.

export const MAX_ENDPOINTS = 16;
/** A lease that nobody keeps alive ends after so long. etcd counts in seconds, and gives none that ends before its members could elect. */
export const TTL_SECONDS = 10;
export const SHORTEST_TTL_SECONDS = 2;
export const LONGEST_TTL_SECONDS = 600;
/** This node lets go so much earlier: it may need a moment to stop. */
export const MARGIN_MS = 1000;
/** How long one call may take, so that the next member can be asked. */
export const CALL_MS = 1000;
/** Attempts of one call: one for each member, and at least so many. */
export const LEAST_ATTEMPTS = 2;
/** How long giving back may take. */
export const RELEASE_MS = 1500;
/** Of an answer: one key, and whatever stands in it. */
export const MAX_ANSWER_BYTES = 65_536;
/** Connections that are kept for the next question. */
export const MAX_CONNECTIONS = 4;
