// The bounds of a node that is a function.

export const FUNCTION_LIMITS = {
  /** Frames that wait for the other nodes; the oldest is dropped, and asked for again by whoever misses it. */
  frames: 64,
  /** And no longer than so many keepalives: each node asks once in one. */
  frameKeepalives: 3,
  /** Bytes of them. */
  frameBytes: 262_144,
  /** So often an invocation steps anew because another one has saved meanwhile; then it fails, and its caller says it again. */
  conflicts: 10,
  /** An operation whose invocation has said nothing so long after its own time has not ended: its outcome is unknown. */
  operationMarginMs: 5000,
  /** The same for fencing, with all its levels. */
  fenceMs: 600_000,
  /** Characters of the state before it is compressed. */
  stateCharacters: 8_388_608,
} as const;
