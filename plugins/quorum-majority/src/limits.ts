// The bounds of a majority that remembers, and asks the other nodes what they remember.

/** A side must have been the same for so long before those that are missing stop to count. */
export const WINDOW_MS = 10_000;
export const SHORTEST_WINDOW_MS = 1000;
export const LONGEST_WINDOW_MS = 3_600_000;
/** Weight of a node that is not named under `weights`, and the most that one may have. */
export const WEIGHT = 1;
export const MAX_WEIGHT = 1000;
/** Names under `weights` and `tieBreaker`: as many as a cluster has nodes. */
export const MAX_NAMES = 100;
/** Other nodes answer a question within this part of the time for which a grant is believed, within these bounds: a node that serves waits a quarter. */
export const ANSWER_PART = 1 / 5;
export const SHORTEST_ANSWER_MS = 100;
export const LONGEST_ANSWER_MS = 2000;
/** Pause between two looks for the whole cluster, while it has not been seen or more nodes are there than count. */
export const LOOK_EVERY_MS = 1000;
/** How long the nodes of a side may take to agree on who counts; then it is tried anew. */
export const AGREE_MS = 2000;
/** Attempts to agree whose end is not known: a side must win each of them. With more, only the whole cluster is tried. */
export const MAX_OPEN = 32;
/** Characters of a word to another node: a hundred names of ordinary length in each attempt. */
export const MAX_WORD_CHARACTERS = 200_000;
