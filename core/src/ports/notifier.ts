import { token, type Token } from "./token.js";

/** Something that happened to the cluster, for people and programs outside it. */
export interface ClusterEvent {
  /** Dotted name from the table of events, e.g. `group.started`. */
  readonly name: string;
  readonly severity: "info" | "warning" | "critical";
  /** Milliseconds since 1970 UTC, at the node that saw it. */
  readonly atWallMs: number;
  /** The node that saw it. */
  readonly node: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Tells somebody. Called in the order of events, one at a time, at least once. A rejection or a time-out is counted
 * and logged and never delays the cluster: the queue is bounded and drops its oldest entry.
 */
export interface Notifier {
  notify(event: ClusterEvent, signal: AbortSignal): Promise<void>;
}

export const Notifier: Token<Notifier> = token<Notifier>("notifier", 1);
