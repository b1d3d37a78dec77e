// A part that nothing else needs: it lives beside the cluster, mostly to let other programs see it.
import type { Startable } from "./lifecycle.js";
import { token, type Token } from "./token.js";

/**
 * Made because the configuration names it, started with the other parts and stopped with them. The cluster does not
 * depend on a companion: one that cannot do its work logs why and stays idle, it does not fail in `start`.
 */
export type Companion = Startable;

export const Companion: Token<Companion> = token<Companion>("companion", 1);
