// Every bound of this plugin. docs/limits.md says what happens when one is met.

export const ADDRESS_LIMITS = {
  /** A lease is renewed no more often than so many times in its length, however quick the signs of life are. */
  renewalsPerLease: 10,
  /** An address that somebody else removes is put back so many times within the window; then it is given up. */
  putBacks: 5,
  putBackWindowMs: 60_000,
  /** A kernel may drop an address so much before its lease is over, in its own rounding. */
  earlyExpiryMs: 100,
  /** A guard counts by a clock of its own, from the moment at which it was told. */
  earlyGuardMs: 10,
  /** Who has an address is asked so often, and an answer is waited for so long each time, before it is free. */
  questions: 3,
  questionMs: 200,
  /**
   * A claim of somebody else is answered so much later, if the address is still held: nodes of a cluster that meet again
   * have agreed on one of them by then, and the one that lets go must not be the last to be heard.
   */
  answerClaimAfterMs: 1000,
  /** Between two answers (DEFEND_INTERVAL of RFC 5227), and between two events of one contest. */
  answerClaimEveryMs: 10_000,
  /**
   * So often a contest is answered by a whole series of announcements, about one a second, which bears down claims that are
   * repeated; then by a single one each time, or two hosts would shout at each other without end.
   */
  claimSeries: 3,
  /** A contest is over after so much silence. */
  contestOverMs: 60_000,
} as const;
