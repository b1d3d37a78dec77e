// What is known of the cluster when its groups are placed: plain data, the same on every node that decides by it.

/**
 * `online`: it can run groups. `standby`: it gives up what it runs. `maintenance`: what it runs is left alone, and nothing is started
 * there. `unclean`: not heard, and what it ran may run still: it must be fenced. `lost`: not there, and certainly running nothing.
 */
export type NodeStanding = "online" | "standby" | "maintenance" | "unclean" | "lost";

export interface NodeInPlacement {
  readonly name: string;
  readonly standing: NodeStanding;
  /** Since when it could run groups without a break, where that is known: what `failback: { afterMs }` counts from. */
  readonly onlineSinceMs?: number;
  /** Replaces or adds to the attributes of the rules. */
  readonly attributes?: Readonly<Record<string, string>>;
}

export type InstanceRole = "started" | "promoted";

/** What runs somewhere, and what may: whatever was to be started there and has not said since that it was not. */
export interface RunningInstance {
  readonly group: string;
  /** 0 for a group that runs once; from 0 for a clone. */
  readonly instance: number;
  readonly node: string;
  readonly role: InstanceRole;
  /** `failed`: it must be stopped before it works again. `stuck`: it cannot be stopped. Absent: it works. */
  readonly condition?: "failed" | "stuck";
}

export interface FailureRecord {
  readonly node: string;
  readonly resource: string;
  readonly count: number;
  readonly lastAtMs: number;
  /** The last of them was a start: it does not work there for now. */
  readonly start?: boolean;
}

/** What an operator asked for, until it is cleared. */
export interface OperatorWish {
  readonly kind: "move" | "ban";
  /** A resource's name stands for its group. */
  readonly group: string;
  readonly node: string;
  readonly untilMs?: number;
}

/** How well suited a node's instance is to be promoted, as its agent says; below 0: not at all. */
export interface PromotionScore {
  readonly group: string;
  readonly node: string;
  readonly score: number;
}

/** A node that is not named is lost. The order of every list decides nothing. */
export interface PlacementState {
  readonly nowMs: number;
  readonly quorum: boolean;
  readonly nodes: readonly NodeInPlacement[];
  readonly running: readonly RunningInstance[];
  readonly failures: readonly FailureRecord[];
  readonly wishes: readonly OperatorWish[];
  readonly promotion: readonly PromotionScore[];
  /** The whole cluster, or groups and resources by name, that are left alone. */
  readonly maintenance: "cluster" | readonly string[];
}
