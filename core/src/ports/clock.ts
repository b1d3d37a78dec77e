import { token, type Token } from "./token.js";

/** Time, and a way to be woken. Source on a daemon: the kernel's monotonic clock. */
export interface Clock {
  /** Monotonic milliseconds from an arbitrary start; unaffected by steps of the wall clock. May have a fraction. */
  nowMs(): number;
  /** Milliseconds since 1970 UTC. For people and for protocols that ask for it, never for deciding. */
  wallMs(): number;
  /** Calls `wake` once, at or after monotonic `atMs`. Returns a function that cancels it; calling that twice is harmless. */
  wakeAt(atMs: number, wake: () => void): () => void;
}

export const Clock: Token<Clock> = token<Clock>("clock", 1);
