// The bounds of what is asked of STONITH's programs beside the fencing itself, whose deadline is the caller's.

/** How long a type may take to say what parameters it has. */
export const DESCRIBE_TIMEOUT_MS = 20_000;
/** Of what a type says of itself. */
export const MAX_DESCRIPTION_BYTES = 262_144;
/** Hosts of one device; what is beyond is not seen. */
export const MAX_HOSTS = 1000;
/** Characters of a file of parameters. */
export const MAX_PARAMETER_FILE_CHARACTERS = 65_536;
