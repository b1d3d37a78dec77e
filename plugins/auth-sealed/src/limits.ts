// Every bound of sealed frames in one place.

/** Nodes that a frame is sealed for; as many as a cluster can have. */
export const MAX_PEERS = 100;
/** Keys of one node at a time: the one in use and the one that takes its place. */
export const MAX_NODE_KEYS = 2;
/** Keys that are remembered as revoked. */
export const MAX_REVOKED = 200;
/** Largest file of keys. */
export const MAX_KEY_FILE_BYTES = 64 * 1024;
/** How far a frame may be overtaken by others of its sender; a multiple of 32. */
export const REPLAY_WINDOW = 4096;
/** Messages of one sender that wait until it has proven that it is alive. */
export const MAX_HELD = 64;
/** Unproven starts of one sender that are looked at side by side. */
export const MAX_CANDIDATES = 2;
/** Greetings to one peer: so many at once, and then one in each pause. */
export const GREETING_BURST = 8;
export const GREETING_PAUSE_MS = 50;
/** What was heard of a peer longer ago says nothing of how it speaks now. */
export const HEARD_MS = 10_000;
/** Between the use of a new key and the end of the old one: what is still on its way can be opened. */
export const RETIRE_AFTER_MS = 10_000;
/** How long a change of mode waits for the answers of the peers. */
export const ANSWER_MS = 2000;
/** Frames of one start; far beyond any life, and far below what the counter can hold. */
export const MAX_COUNTER = Number.MAX_SAFE_INTEGER;
