// What the R1 machine is given and what it gives back.
import type {
  EngineEvent,
  Failback,
  GroupSpec,
  Message,
  NodeState,
  NodeView,
  OperatorRequest,
  RunState,
} from "../../../ports/index.js";
import type { HeldText } from "./sets.js";

export interface R1Init {
  readonly self: string;
  /** Every normal node, in the order of the configuration, self included. The protocol is made for two. */
  readonly nodes: readonly string[];
  readonly groups: readonly GroupSpec[];
  readonly failback: Failback;
  readonly keepaliveMs: number;
  readonly ipfail: boolean;
  /** Whether fence devices are configured. */
  readonly fencing: boolean;
  /** Keys of the groups that run here already. */
  readonly holding: readonly string[];
  /** Of these, those that are still to be started: whether that succeeds is not known yet. */
  readonly unfinished?: readonly string[];
  /** Takes over in mid-life from another machine: begins in state `stable`, and says so to the peer. */
  readonly stable: boolean;
}

/** What an operator may ask of the protocol. */
export type R1Request = Extract<OperatorRequest, { kind: "standby" | "takeover" | "stop" }>;

export type R1Input =
  | { readonly kind: "tick" }
  /** This node became active. */
  | { readonly kind: "self.active" }
  | {
      readonly kind: "node.changed";
      readonly node: string;
      readonly from: NodeState;
      readonly to: NodeState;
      readonly reason: string;
    }
  /** From a peer; never this node's own. */
  | { readonly kind: "message.delivered"; readonly from: string; readonly message: Message }
  /** The runner finished what `group.start` or `group.stop` asked for. */
  | {
      readonly kind: "group.reported";
      readonly key: string;
      readonly state: "started" | "stopped" | "failed";
      readonly reason?: string;
    }
  /** A group that runs here fails so often that it had better run on the other node. */
  | { readonly kind: "group.failing"; readonly key: string; readonly reason: string }
  /** An operator has forgotten its failures. */
  | { readonly kind: "group.cleaned"; readonly key: string }
  /** This node stood still for so long that the peer may have called it dead, and what was said meanwhile is yet to be heard. */
  | { readonly kind: "self.away" }
  | { readonly kind: "fence.reported"; readonly node: string; readonly ok: boolean; readonly reason: string }
  | { readonly kind: "operator.requested"; readonly id: number; readonly request: R1Request };

export type R1Output =
  | { readonly kind: "message.send"; readonly message: Message; readonly to?: string }
  /** Answered by `group.reported`. At most one start or stop is unanswered at any time. */
  | { readonly kind: "group.start"; readonly key: string }
  /** `urgent`: the peer runs it too, so nothing is finished first. */
  | { readonly kind: "group.stop"; readonly key: string; readonly urgent?: boolean }
  /** The group runs here and maybe ran elsewhere too: the network must hear again where it is. Not answered. */
  | { readonly kind: "group.announce"; readonly key: string }
  /** Answered by `fence.reported` for each attempt, until one succeeds. */
  | { readonly kind: "fence.request"; readonly node: string }
  | {
      readonly kind: "operator.answered";
      readonly id: number;
      readonly ok: boolean;
      /** A sentence. */
      readonly reason: string;
    }
  /** A stop is complete: every group is given up and `shutdone` is sent. */
  | { readonly kind: "released" }
  | { readonly kind: "event"; readonly event: EngineEvent };

export type R1Phase = "init" | "starting" | "both-starting" | "reports-received" | "stable" | "shutdown";

export interface R1GroupView {
  readonly key: string;
  readonly home: string;
  /** On this node. */
  readonly state: RunState;
  /** This node when it runs the group or is about to; else the node that reports to hold its set. */
  readonly owner: string | undefined;
}

export interface R1View {
  readonly phase: R1Phase;
  /** True when nothing is moving and nothing is about to. */
  readonly stable: boolean;
  /** What it waits for when not stable, else why it rests; a sentence. */
  readonly why: string;
  readonly holds: HeldText;
  readonly otherHolds: HeldText;
  readonly otherStable: boolean;
  readonly groups: readonly R1GroupView[];
}

/** One running R1 protocol. Pure: all times are monotonic ms given by the caller. It never throws. */
export interface R1Machine {
  /** `nodes` is membership's view at this moment. */
  step(input: R1Input, nodes: readonly NodeView[], nowMs: number): readonly R1Output[];
  /** When `tick` is next useful; Infinity when only another input can change something. */
  deadline(): number;
  view(): R1View;
}
