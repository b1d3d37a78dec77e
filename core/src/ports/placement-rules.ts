// Where groups of resources may run, as an operator wrote it down: plain data, the same on every node. What front ends make of
// their files, and what the placement policy decides by.
import type { RecoveryRules } from "./recovery.js";

/** From here on a score is a must: it is added to nothing else. Its negative is a must not, and that is stronger. */
export const MUST_SCORE = 1_000_000;

export interface PlacementNode {
  readonly name: string;
  /** Votes in a quorum by weight. Whole, 0 or more. */
  readonly weight: number;
  /** Where it stands, as constraints `by` `site` compare it. */
  readonly site?: string;
  /** What else is known of it, as constraints `by` an attribute compare it. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface PlacementResource {
  /** Unique among all resources of the cluster. */
  readonly name: string;
  /** What is set for it; the rest is as the engine's defaults say. */
  readonly rules?: Partial<Pick<RecoveryRules, "onFail" | "migrationThreshold" | "failureTimeoutMs">>;
}

/**
 * `auto`: it goes to a node that is preferred as soon as its stickiness allows. `manual`: it stays where it can run until an operator
 * moves it. `afterMs`: it goes once that node has been there for so long.
 */
export type PlacementFailback = "auto" | "manual" | { readonly afterMs: number };

/** The same group on several nodes at once. */
export interface CloneRules {
  /** Instances in the whole cluster, 1 or more; absent: one for each node. */
  readonly max?: number;
  /** Instances on one node, 1 or more; absent: 1. */
  readonly perNode?: number;
}

export interface PlacementGroup {
  /** Unique among groups; a resource that is in no group is a group of its own, by its own name. */
  readonly name: string;
  /** In the order in which they start, one or more. */
  readonly resources: readonly PlacementResource[];
  /**
   * Nodes from the best to the last, each worth 100 more than the next, the last 100; or each with a score of its own, whole, between
   * minus and plus `MUST_SCORE`. Nodes that are not named are worth 0.
   */
  readonly prefer?: readonly string[] | Readonly<Record<string, number>>;
  /** Nodes that it never runs on. */
  readonly never?: readonly string[];
  /** What staying is worth, for each of its resources, 0 or more; absent: 1. */
  readonly stickiness?: number;
  /** Absent: `auto`. */
  readonly failback?: PlacementFailback;
  /** Absent: it runs once in the whole cluster. */
  readonly clone?: CloneRules;
  /** A clone, some of whose instances are promoted: so many of them, 1 or more. Without `clone` it is one on each node. */
  readonly promotable?: { readonly promoted: number };
}

/** Between two groups; a resource's name stands for its group. */
export type PlacementConstraint =
  | {
      /** The second is placed where the first is. */
      readonly kind: "together";
      readonly names: readonly [first: string, second: string];
      /** What that is worth, 1 or more; absent: must. */
      readonly score?: number;
      /** The name of an attribute, or `site`: the nodes need not be the same, only this of them. */
      readonly by?: string;
      /** The second is placed where the first is promoted. */
      readonly role?: "promoted";
    }
  | {
      /** The second is placed where the first is not. */
      readonly kind: "apart";
      readonly names: readonly [first: string, second: string];
      /** What that is worth, 1 or more; absent: must. */
      readonly score?: number;
      readonly by?: string;
    }
  | {
      /** `start` starts after `after` and stops before it. */
      readonly kind: "start-after";
      readonly start: string;
      readonly after: string;
      /** Given: only where both start or stop anyway. Absent: must, so that `start` runs only while `after` does. */
      readonly score?: number;
      /** `start` starts after `after` was promoted. */
      readonly role?: "promoted";
    };

/**
 * What a part of the cluster without quorum does. `stop`: it stops everything. `freeze`: it keeps what it runs and starts nothing that ran
 * elsewhere. `ignore`: as if it had quorum.
 */
export type NoQuorumPolicy = "stop" | "freeze" | "ignore";

/** Names are compared as they are; the order of `nodes`, `groups` and `constraints` decides nothing. */
export interface PlacementRules {
  readonly nodes: readonly PlacementNode[];
  readonly groups: readonly PlacementGroup[];
  readonly constraints: readonly PlacementConstraint[];
  /** Absent: `stop`. */
  readonly noQuorum?: NoQuorumPolicy;
}
