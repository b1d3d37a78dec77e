// Every wait and bound of the R1 protocol in one place. The first group is heartbeat's, the second is ours.

export const R1_TIMINGS = {
  /** Both nodes starting: how long a node waits for a stable one before it takes its own groups. */
  localTakeoverMs: 10_000,
  /** `me` without `other`, and `other` without the report that the set is being given up, which is said at once. */
  standbyReplyMs: 10_000,
  /** From the other side's report that it gives up to its `done`, and `done` without `done`. */
  standbyDoneMs: 3_600_000,
  failbackRetryMs: 1000,
  /** After a failed start, when the set of the group is offered to the peer. */
  failedStartStandbyMs: 30_000,
  /** A heartbeat node that sees a healed partition says goodbye this long after it. */
  healRestartMs: 2000,
  ipfailAgainMs: 10_000,

  /** A group that would not stop is asked again. */
  releaseRetryMs: 5000,
  /** An active peer that did not answer `starting` hears it again. */
  startingAgainMs: 10_000,
  ipRequestAgainMs: 10_000,
  /** Between saying `isstable=0` and `isstable=1` to make the peer report what it holds. */
  probeMs: 1000,
  /** How long an active peer may not have said what it holds, before it is made to, and made to again. */
  unknownMs: 5000,
  /** That it is stable a node says once more after this: heartbeat takes what comes last for what is so. */
  sayAgainMs: 2000,
  /** Added to the time a healed peer may need, before this node lets go of what both hold. */
  bothOwnMarginMs: 1000,
  /** Asked to give up what both hold, heartbeat runs a script and offers it; later than this it will not. */
  bothOwnAnswerMs: 3000,
  /** A takeover that the peer has not reacted to is asked for once more. */
  takeoverAgainMs: 5000,
  /** Both nodes are at rest and neither holds this node's groups; after twice the time, those at home elsewhere. */
  unclaimedMs: 5000,
  /** How long a stop waits for the peer's part of a standby. */
  stopPatienceMs: 30_000,
  /** Operator requests that may wait at once. */
  waitingStops: 16,
} as const;
