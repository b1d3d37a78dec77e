// The bounds of a witness.

/** Of a request's body: what a node asks is a line. */
export const MAX_QUESTION_CHARACTERS = 1024;
/** The longest lease that is given, unless the witness is told otherwise. */
export const LONGEST_TTL_MS = 60_000;
/** A witness may not be told more: so long a cluster waits after a store was lost. */
export const MAX_TTL_MS = 600_000;
export const MIN_TTL_MS = 100;
/** How far the date of a question may be from the witness's clock. */
export const QUESTION_WINDOW_MS = 30_000;
/** Instances of a witness that share a store may have clocks that differ by so much. */
export const CLOCK_SPREAD_MS = 1000;
/** Nodes of one cluster that are remembered at a time. */
export const MAX_HOLDERS = 100;
/** Characters of a cluster's name, and of a node's. */
export const MAX_CLUSTER_CHARACTERS = 100;
export const MAX_HOLDER_CHARACTERS = 255;
/** An epoch that a node claims to have seen may be no higher: 2 ** 50, far from where numbers lose their units. */
export const MAX_EPOCH = 1_125_899_906_842_624;
/** Clusters that the store in memory holds. */
export const MAX_CLUSTERS_IN_MEMORY = 100_000;
/** So often one question is decided anew because another was faster; then it has failed. */
export const MAX_CONFLICTS = 32;
/** How long reading and writing of one question may take in all. */
export const STORE_TIMEOUT_MS = 5000;
/** Attempts of one question by a node, each with a date of its own. */
export const MAX_ATTEMPTS = 6;
export const ATTEMPT_TIMEOUT_MS = 1500;
export const RETRY_PAUSE_MS = 100;
