// The bounds of functions that are asked for a plugin's work, beside those of every signed call.

/** How long one attempt of a call may take when the configuration does not say otherwise. */
export const ATTEMPT_TIMEOUT_MS = 30_000;
/** How long a call may take in all, when nobody says until when it is wanted. */
export const CALL_WITHIN_MS = 60_000;
/** Part of its time that a function may work; in the rest its answer comes home, or the node looks what it has done. */
export const WORKING_SHARE = 0.8;
/** Characters of a name: of a provider, a node, a parameter. */
export const MAX_NAME_CHARACTERS = 255;
/** Arguments, parameters, names and sentences in one call or answer. */
export const MAX_ENTRIES = 1000;
/** Characters of a reason or a sentence; a function cuts its own. */
export const MAX_SENTENCE_CHARACTERS = 500;
/** Clusters that one instance of a function keeps services for; a further one takes the place of the oldest. */
export const MAX_CLUSTERS = 1000;
