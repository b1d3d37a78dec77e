// Every bound of this API, in one place. Who exceeds one is slowed down or disconnected; the cluster never waits.

export const LIMITS = {
  clients: 32,
  /** Bytes of one frame of a client, as heartbeat takes them; what it says to the cluster must fit a datagram. */
  frameBytes: 256 * 1024,
  clusterMessageBytes: 48 * 1024,
  /** Bytes that wait for a client that does not read. */
  queueBytes: 1024 * 1024,
  signOnMs: 5000,
  /** Questions to other nodes that wait for an answer. */
  questions: 64,
  /** A client may save up that many requests, and gets so many more a second. A cluster message counts as ten. */
  burst: 500,
  requestsPerSecond: 250,
  clusterMessageCost: 10,
} as const;
