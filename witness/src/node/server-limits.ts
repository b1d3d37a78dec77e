// The bounds of a witness's server.

export const SERVER_LIMITS = {
  /** A further connection is closed at once. */
  connections: 1024,
  headersTimeoutMs: 5000,
  /** From the first byte of a request to its last. */
  requestTimeoutMs: 10_000,
  /** A connection on which nothing more is asked. */
  idleMs: 30_000,
  headerBytes: 8192,
} as const;
