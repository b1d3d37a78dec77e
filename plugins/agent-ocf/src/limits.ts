// The bounds of what is asked of agents beside their operations.

/** Of what an agent prints for `meta-data`; what is beyond is dropped, and the XML is wrong then. */
export const MAX_METADATA_BYTES = 1_048_576;
/** Agents that ask a cloud for their own description exist; a description is not worth more. */
export const METADATA_TIMEOUT_MS = 10_000;
/** Descriptions kept; then all are asked for again. */
export const MAX_KEPT_DESCRIPTIONS = 512;
/** Interval that a monitor of what was started here is told: that it is not 0 is what counts to agents. */
export const MONITOR_INTERVAL_MS = 10_000;
