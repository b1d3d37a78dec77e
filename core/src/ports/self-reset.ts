// The machine's watchdog as a way to end this node: it is fed no more.
import { token, type Token } from "./token.js";

/** Source: the host. Where no watchdog is in use there is nothing to be stopped. */
export interface SelfReset {
  /**
   * Feeds the watchdog no more, for good, and leaves it armed: it resets this machine. Returns the time in ms within which it
   * does, or undefined where no watchdog is in use. A second call changes nothing.
   */
  stopFeeding(reason: string): number | undefined;
}

export const SelfReset: Token<SelfReset> = token<SelfReset>("self-reset", 1);
