// A sign of life of the engine, for parts that may only go on while it makes progress.
import { token, type Token } from "./token.js";

/**
 * Rings each time the engine has said a sign of life, at least once each keepalive while it makes progress, and never
 * otherwise: a daemon that is stopped, hangs or spins is silent here. Source: the host, not a timer.
 */
export interface Pulse {
  /** The listener must return at once and must not throw. Returns a function that ends it. */
  onPulse(listener: () => void): () => void;
}

export const Pulse: Token<Pulse> = token<Pulse>("pulse", 1);
