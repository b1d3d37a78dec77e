// How a resource is watched, and what its failures lead to: what an operator may set for each resource.
import type { ResourceAction } from "./resource-agent.js";

/**
 * What follows when a started resource is found not to work. `restart`: it and what depends on it, here, until the
 * migration threshold is reached. `move`: to another node at once. `stop`: the group stays down until an operator says
 * otherwise. `ignore`: it is logged and shown. `fence`: this node asks to be fenced.
 */
export type OnFail = "restart" | "move" | "stop" | "ignore" | "fence";

export interface RecoveryRules {
  /** How often a started resource is asked for its status, from the end of one to the next. 0: never. */
  readonly monitorEveryMs: number;
  readonly onFail: OnFail;
  /** Failures on one node after which the group goes to another. 0: it never does for that reason. */
  readonly migrationThreshold: number;
  /** This long after the last failure on a node all are forgotten. 0: only an operator forgets them. */
  readonly failureTimeoutMs: number;
  /** Deadlines of this resource; what is missing is as for every resource (`PolicyInit.operationTimeoutMs`). */
  readonly operationTimeoutMs: Readonly<Partial<Record<ResourceAction, number>>>;
}
