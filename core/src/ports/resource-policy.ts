// Who runs what. A resource policy is a pure machine above membership and agents.
import type { FenceResult } from "./fence-device.js";
import type { FenceCaseView, FencingRules } from "./fencing-rules.js";
import type { EngineEvent, NodeState, NodeView } from "./membership.js";
import type { Message } from "./message.js";
import type { NamedQuorumAnswer, QuorumQuestion } from "./quorum.js";
import type { RecoveryRules } from "./recovery.js";
import type { OperationResult, ResourceAction } from "./resource-agent.js";
import type { SelfJudgement } from "./self.js";
import { token, type Token } from "./token.js";

/** A resource of a group: its name as configured, and the agent that was chosen for it. */
export interface GroupMember {
  readonly name: string;
  readonly agent: string;
  /** What is set for this resource; the rest is as the policy's defaults say. */
  readonly rules?: Partial<RecoveryRules>;
  /** Its agent can make it quick to start while it is stopped (`supports.warm`). */
  readonly canWarm?: boolean;
  /** Its agent can ask the network whether another host serves it (`supports.elsewhere`). */
  readonly tellsElsewhere?: boolean;
}

/** Resources that live together: started in order, stopped in the reverse order. */
export interface GroupSpec {
  /** Its name, unique; of haresources, which has no names, the first resource as written. */
  readonly key: string;
  /** The node that the configuration prefers. */
  readonly home: string;
  readonly resources: readonly GroupMember[];
}

export type Failback = "on" | "off" | "legacy";
/**
 * What a node does that hears no other and has no quorum: `hold` what it has and take the rest, as heartbeat does;
 * `release` everything; or hold, and take nothing before the others are fenced.
 */
export type IsolationPolicy = "hold" | "release" | "fence";
/** As an operator counts from one node: groups at home here, groups at home elsewhere, or both. */
export type GroupSet = "all" | "local" | "foreign";

export type OperatorRequest =
  | { readonly kind: "standby"; readonly set: GroupSet }
  | { readonly kind: "takeover"; readonly set: GroupSet }
  /** Forgets failures on every node: of a group, or of a resource, by name; without one, all. What stays down starts. */
  | { readonly kind: "cleanup"; readonly name?: string }
  /** Gives one group, named by its key or a resource of it, to a node; without one, to the next that can take it. */
  | { readonly kind: "move"; readonly group: string; readonly to?: string }
  /** Stops and starts a resource where it runs, with what was started after it; or a whole group. */
  | { readonly kind: "restart"; readonly name: string }
  /** Fences a node, dead or alive, by this node's devices. */
  | { readonly kind: "fence"; readonly node: string }
  /** A person has made sure that the node does nothing any more. */
  | { readonly kind: "fence-confirm"; readonly node: string }
  | { readonly kind: "stop" };

export interface PolicyInit {
  readonly self: string;
  readonly nodes: readonly string[];
  readonly groups: readonly GroupSpec[];
  readonly failback: Failback;
  /** Give groups up to a peer that reaches more ping nodes. */
  readonly ipfail: boolean;
  readonly keepaliveMs: number;
  readonly operationTimeoutMs: Readonly<Record<ResourceAction, number>>;
  /** How long an operator's request may take before it is answered with a reason. */
  readonly requestTimeoutMs: number;
  /** Whether fence devices are configured. */
  readonly fencing: boolean;
  /** When and how often they are tried; absent: without delay and without end. */
  readonly fencingRules?: FencingRules;
  /** Absent: `hold`. */
  readonly isolation?: IsolationPolicy;
  /** Silence after which the others call this node dead; with `quorum` what isolation is judged by. Absent: never judged. */
  readonly deadMs?: number;
  /** Whether quorums are configured. Without them the ping nodes, where there are some, are the quorum. */
  readonly quorum?: boolean;
  /** What an earlier life of this node persisted, if it could be read. */
  readonly restored?: unknown;
}

export type PolicyInput =
  | { readonly kind: "tick" }
  | {
      readonly kind: "node.changed";
      readonly node: string;
      readonly from: NodeState;
      readonly to: NodeState;
      readonly reason: string;
    }
  | { readonly kind: "message.delivered"; readonly from: string; readonly message: Message }
  | { readonly kind: "status.heard"; readonly from: string; readonly message: Message }
  | { readonly kind: "agent.reported"; readonly id: number; readonly result: OperationResult }
  | {
      readonly kind: "fence.reported";
      readonly id: number;
      readonly result: FenceResult;
      /** What the devices did, as a sentence. */
      readonly how?: string;
    }
  /** Each quorum's answer to a question. */
  | {
      readonly kind: "quorum.reported";
      readonly id: number;
      readonly answers: readonly NamedQuorumAnswer[];
    }
  /** This node was away, or is cut off, or is not any more. It comes before the input that would have met it. */
  | { readonly kind: "self.judged"; readonly self: SelfJudgement }
  | { readonly kind: "operator.requested"; readonly id: number; readonly request: OperatorRequest };

/** One operation that an agent is to perform. */
export interface AgentOrder {
  readonly resource: string;
  readonly action: ResourceAction;
  readonly timeoutMs: number;
  /** Of a stop: another node may serve already, so nothing is finished first. Absent: false. */
  readonly urgent?: boolean;
}

export type PolicyOutput =
  | { readonly kind: "message.send"; readonly message: Message; readonly to?: string }
  | { readonly kind: "publish"; readonly fields: Readonly<Record<string, string>> }
  | ({
      readonly kind: "agent.run";
      /** Answered by `agent.reported` with the same id. */
      readonly id: number;
    } & AgentOrder)
  /** Ends an operation that is no longer wanted; it is still answered by `agent.reported`. */
  | { readonly kind: "agent.cancel"; readonly id: number }
  /** Answered by `fence.reported` with the same id. `why` is a sentence, for people. */
  | { readonly kind: "fence.request"; readonly id: number; readonly node: string; readonly why?: string }
  /** Answered by `quorum.reported` with the same id. */
  | { readonly kind: "quorum.ask"; readonly id: number; readonly question: QuorumQuestion }
  | { readonly kind: "state.persist"; readonly state: unknown }
  | {
      readonly kind: "operator.answered";
      readonly id: number;
      readonly ok: boolean;
      /** A sentence. */
      readonly reason: string;
    }
  /** All is given up after a `stop`: membership may say goodbye. Not `clean` when something could not be stopped. */
  | { readonly kind: "released"; readonly clean: boolean }
  | { readonly kind: "event"; readonly event: EngineEvent };

export type RunState = "stopped" | "starting" | "started" | "stopping" | "failed" | "unknown";

export interface ResourceView {
  readonly name: string;
  readonly agent: string;
  /** On the owner as it reports it; on this node when it is the owner. */
  readonly state: RunState;
  readonly reason?: string;
  /** How often it failed on the owner; absent: not that anybody remembers. */
  readonly failures?: number;
}

export interface GroupView {
  readonly key: string;
  readonly home: string;
  /** Who holds it as far as this node knows; undefined when nobody does. */
  readonly owner: string | undefined;
  readonly state: RunState;
  readonly epoch: number;
  /** Why it is where it is, as a sentence. */
  readonly why: string;
  readonly resources: readonly ResourceView[];
  /** What it has gone through on which node, where that is not forgotten. Absent: nothing, or nobody tells. */
  readonly failures?: readonly NodeFailures[];
}

/** What is remembered of a group on one node. */
export interface NodeFailures {
  readonly node: string;
  /** Of all its resources together. */
  readonly count: number;
  /** The group goes there only when no other node can run it. */
  readonly exhausted: boolean;
}

/** Whether this node may serve while it does not hear the others, and why. */
export interface IsolationView {
  readonly policy: IsolationPolicy;
  /** Which rule decides, as a word of docs/partitions.md. */
  readonly rule: string;
  readonly serves: boolean;
  /** A sentence. */
  readonly why: string;
  /** What each quorum said last, when it was asked lately. */
  readonly quorum: readonly NamedQuorumAnswer[];
}

export interface PolicyView {
  /** True when nothing is moving and nothing is about to. */
  readonly stable: boolean;
  /** What it waits for when not stable, else why it rests; a sentence. */
  readonly why: string;
  readonly groups: readonly GroupView[];
  /** Nodes that are to be fenced and are not yet; absent: none. */
  readonly fencing?: readonly FenceCaseView[];
  /** Absent: this policy does not judge it. */
  readonly isolation?: IsolationView;
}

export interface PolicyMachine {
  /** `nodes` is membership's view at this moment. */
  step(input: PolicyInput, nodes: readonly NodeView[], nowMs: number): readonly PolicyOutput[];
  /** When `tick` is next useful; Infinity when only another input can change something. */
  deadline(): number;
  view(nodes: readonly NodeView[]): PolicyView;
  /** What is wrong inside, as sentences; empty when all invariants hold. Not empty: the node must let go and exit. */
  violations(): readonly string[];
  /** Versioned JSON. */
  snapshot(): unknown;
  /**
   * Goes on where the machine was whose `snapshot` this is, as if it had been this one all the time; called before the first
   * step, with an init like that machine's. Throws when it cannot. Absent: it runs only where it stays in memory.
   */
  resume?(snapshot: unknown): void;
}

/** Makes policy machines. Pure: no I/O, timers, clock or randomness. */
export interface ResourcePolicy {
  create(init: PolicyInit): PolicyMachine;
}

export const ResourcePolicy: Token<ResourcePolicy> = token<ResourcePolicy>("resource-policy", 1);
