// The bounds of the medium, named in docs/limits.md as well.
export const HTTP_LIMITS = {
  /** Frames that wait to be taken along; the oldest is dropped. */
  waiting: 64,
  /** Calls that are under way at the same time. */
  calls: 4,
  /** What is said within this time goes with one call. */
  gatherMs: 5,
  /** How long the end waits for what is still to be said. */
  farewellMs: 1000,
} as const;
