// The bounds of what is asked of fence agents beside the fencing itself, whose deadline is the caller's.

/** Of what an agent prints for `metadata`; what is beyond is dropped, and the XML is wrong then. */
export const MAX_METADATA_BYTES = 1_048_576;
/** How long an agent may take to describe itself. */
export const METADATA_TIMEOUT_MS = 20_000;
/** Descriptions asked for at the same time. */
export const DESCRIBED_AT_ONCE = 4;
/** Plugs of one device; what is beyond is not seen. */
export const MAX_PLUGS = 1000;
