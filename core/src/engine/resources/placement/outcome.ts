// What placing groups comes to: where each instance shall run and why, and what must be done for that in which order.
import type { InstanceRole } from "./state.js";

export interface PlacedInstance {
  readonly group: string;
  readonly instance: number;
  /** Undefined: it shall not run. */
  readonly node: string | undefined;
  readonly role: InstanceRole;
  /** It is left alone as it is: nobody starts, stops or moves it. */
  readonly leftAlone: boolean;
  /** A sentence for operators. */
  readonly why: string;
}

export type PlacementActionKind = "fence" | "stop" | "start" | "promote" | "demote";

export interface PlacementAction {
  /** Unique among the actions of one placement, and readable: `start db:0 on alpha`, `fence bravo`. */
  readonly id: string;
  readonly kind: PlacementActionKind;
  readonly node: string;
  /** Absent with `fence`. */
  readonly group?: string;
  /** Absent with `fence`. */
  readonly instance?: number;
  /** Ids of what must have succeeded before. What is not ordered by these may run at the same time. */
  readonly after: readonly string[];
  /** A sentence for operators. */
  readonly why: string;
}

export interface Placement {
  /** By group and instance. */
  readonly instances: readonly PlacedInstance[];
  /** By id. No circle; empty when everything is as it should be. */
  readonly actions: readonly PlacementAction[];
  /** When to place again although nothing has happened; Infinity when only news can change something. */
  readonly againAtMs: number;
}
