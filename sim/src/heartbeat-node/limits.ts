// Every constant of heartbeat 3.0.6 that the model keeps, and the model's own bounds, in one place.

export const TIMES = {
  /** Deaths, the start, the local takeover and timers of a standby are looked at so often. */
  pollMs: 250,
  /** After its start a node says for so long that it is to be called dead later than usual … */
  startGraceMs: 5000,
  /** … by so much; and by so much before it starts itself anew. */
  startExtraDeadMs: 2000,
  restartExtraDeadMs: 30_000,
  /** `reqnodes` is said so often until somebody answers. */
  nodeListRetryMs: 1000,
  /** Requests for a missing message: the first after a random time from here on. */
  firstRequestMinMs: 50,
  /** A message is not sent again within this time. */
  resendPauseMs: 240,
  /** A message that everybody has acknowledged is kept so long. */
  historyKeepMs: 2500,
  /** From the first `resource` that is heard: then the own groups are taken, whatever the other says. */
  localTakeoverMs: 10_000,
  /** How long the first answer to a standby may take, and how long everything after it. */
  standbyAnswerMs: 10_000,
  standbyWorkMs: 3_600_000,
  /** A failback that cannot be begun is tried again after this. */
  failbackRetryMs: 1000,
  /** A group that could not be started is offered to the other after this. */
  failedGroupStandbyMs: 30_000,
  stopRetryMs: 1000,
  fenceRetryMs: 5000,
  /** From the return of a node that was called dead and had not died to the restart of this one. */
  healedRestartMs: 2000,
  /** Two phases between the last resource given up and the end. */
  closingMs: 1000,
  /** A stop that does not come to its end ends so. */
  emergencyMs: 3_600_000,
  /** A node that was away reads what waits for it before it judges anybody. */
  wakeReadMs: 20,
} as const;

export const BOUNDS = {
  /** Messages kept to be sent again. */
  history: 500,
  /** A gap larger than this is given up at once. */
  lostMessages: 250,
  /** Messages of one node that are asked for at once. */
  missing: 500,
  /** Messages sent again for one request. */
  resendsPerRequest: 50,
  ackEvery: 10,
  /** Attempts to stop a resource besides the first. */
  stopRetries: 10,
  /** Scripts and children that may wait; a real one has no bound. */
  jobs: 1000,
  nodes: 100,
} as const;
