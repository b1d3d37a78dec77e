import { token, type Token } from "./token.js";

/** One resource: what an agent is asked to look after. */
export interface ResourceSpec {
  /** Unique within the cluster, as written in the configuration, e.g. `10.10.180.220/24/eth0:0`. */
  readonly name: string;
  /** Positional arguments, in order (`Filesystem::/dev/sda1::/data` has two). */
  readonly args: readonly string[];
  /** Named parameters, for agents that have them. */
  readonly parameters: Readonly<Record<string, string>>;
}

export type ResourceAction = "start" | "stop" | "status" | "announce" | "warm" | "elsewhere";

/** `running`: all of it works. `stopped`: none of it is here. `failed`: something is here and it does not work. */
export type ResourceState = "running" | "stopped" | "failed";

export type OperationResult =
  | {
      readonly ok: true;
      readonly state: ResourceState;
      /** Why it is `failed`, as a sentence for the operator. */
      readonly reason?: string;
    }
  | {
      readonly ok: false;
      /** `timeout`: outcome unknown. `not-here`: this node cannot run it, another may. `error`: it failed. */
      readonly kind: "timeout" | "not-here" | "error";
      /** A sentence for the operator, with the program's own words where there are any. */
      readonly reason: string;
    };

/** What the host knows of an operation. All of it is for agents whose work is done elsewhere than on the node. */
export interface OperationOptions {
  /** The node that asks: which starts the resource, or lets go of it. */
  readonly node?: string;
  /** The signal aborts after so long, at the latest. */
  readonly withinMs?: number;
}

/** How a resource is to be stopped. */
export interface StopOptions extends OperationOptions {
  /** Another node may serve already: end it at once, without finishing what users have begun. Absent: in good order. */
  readonly urgent?: boolean;
}

/**
 * Looks after one kind of resource. All operations are idempotent: a start of what runs and a stop of what is stopped
 * are successes. At most one operation at a time runs for a resource. When `signal` aborts, end what was begun
 * (with its whole process group) and answer `timeout`. What the outside world does is an answer, not an exception.
 */
export interface ResourceAgent {
  readonly supports: { readonly announce: boolean; readonly warm?: boolean; readonly elsewhere?: boolean };
  /** Success means that the service answers, not that a program was launched. */
  start(resource: ResourceSpec, signal: AbortSignal, options?: OperationOptions): Promise<OperationResult>;
  /** Success means that nothing of it is left on this node. */
  stop(resource: ResourceSpec, signal: AbortSignal, options?: StopOptions): Promise<OperationResult>;
  status(resource: ResourceSpec, signal: AbortSignal, options?: OperationOptions): Promise<OperationResult>;
  /** Tells the network again where the resource is (an address: gratuitous ARP). Only with `supports.announce`. */
  announce?(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult>;
  /**
   * Makes a stopped resource quick to start later: it may run, and must serve nothing of the group; `status` still says
   * `stopped`. `stop` ends this too. A failure harms nobody. Only with `supports.warm`.
   */
  warm?(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult>;
  /**
   * Asks the network, not another node, whether this resource is served from another host at this moment: `running`, and
   * `reason` says from which; `stopped` when nobody answers for it. It changes nothing here, and answers within seconds.
   * Asked before a node that has never heard another one starts it. Only with `supports.elsewhere`.
   */
  elsewhere?(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult>;
  /** Problems with the parameters that can be seen without starting anything; empty when there are none. */
  validate(resource: ResourceSpec, signal: AbortSignal): Promise<readonly string[]>;
}

export const ResourceAgent: Token<ResourceAgent> = token<ResourceAgent>("resource-agent", 1);
