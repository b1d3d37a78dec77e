// What a modelled heartbeat has to know: its ha.cf and haresources as data.
import type { Failback, GroupSpec, MembershipTimings } from "@systole/core/ports";

export interface HeartbeatInit {
  readonly self: string;
  /** Every normal node, in the order of ha.cf, self included. */
  readonly nodes: readonly string[];
  /** Names of media. Default `eth0`. */
  readonly media?: readonly string[];
  /** haresources, in its order. */
  readonly groups: readonly GroupSpec[];
  readonly failback: Failback;
  /** `pingDeadMs` is not used: ping nodes are not modelled. */
  readonly timings: MembershipTimings;
  /** Default 1, as heartbeat's. */
  readonly hopFudge?: number;
  /** Greater than at every earlier start of this node; one that it persisted itself in between is taken into account. */
  readonly generation: number;
  /** 16 bytes. */
  readonly uuid: Uint8Array;
  readonly seed: number;
  /** Whether a STONITH device is configured. Default false. */
  readonly fencing?: boolean;
  /** heartbeat's scripts have no deadline; who runs them here may need one. Default an hour. */
  readonly scriptTimeoutMs?: number;
  /** What an earlier life persisted (`state.persist`). */
  readonly restored?: unknown;
}

/** What is persisted: heartbeat's file `hb_generation`. */
export interface SavedGeneration {
  readonly generation: number;
}

/** The generation to start with. */
export function firstGeneration(init: HeartbeatInit): number {
  const { restored } = init;
  if (typeof restored !== "object" || restored === null || !("generation" in restored))
    return init.generation;
  const saved = restored.generation;
  return typeof saved === "number" ? Math.max(init.generation, saved + 1) : init.generation;
}
