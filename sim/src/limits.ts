// Every bound of the simulator, in one place; docs/limits.md explains them.

export const SIM_LIMITS = {
  /** Inputs that wait for a node that stands still: about as many frames as a socket's buffer holds. */
  inbox: 512,
  /** Frames that may come again, of each cluster. */
  rememberedFrames: 64,
  /** Happenings that a simulation remembers; the first ones go. */
  remembered: 20_000,
  /** What is going to happen at once; more means that something runs away. */
  pending: 20_000,
  /** Instants in which nothing gets on; more means that a node never stops asking to be woken now. */
  stepsAtOneMoment: 10_000,
  /** Happenings that a transcript tells of one block of commands; of the others it tells how many they are. */
  toldAtOnce: 400,
} as const;
