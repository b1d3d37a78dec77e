// How much the journal keeps, on disk and in memory; docs/limits.md says what happens when a limit is met.
export const JOURNAL_LIMITS = {
  /** A file that is this long is put aside. */
  fileBytes: 2 * 1024 * 1024,
  /** Files, the current one included. */
  files: 5,
  /** A longer entry is kept without its fields. */
  entryBytes: 32 * 1024,
  /** What may wait for a slow disk; beyond it entries are dropped and counted. */
  waitingBytes: 1024 * 1024,
  /** Entries of one name in ten seconds. */
  perName: 100,
  /** Entries that are kept in memory for who follows. */
  recent: 1000,
  /** How long the end of the daemon waits for the disk. */
  farewellMs: 2000,
  /** How often a disk that fails is complained of. */
  complaintMs: 60_000,
} as const;
