// What the daemon's front end sees of a running cluster, and nothing more.
import type { FenceDesk, OperationView, PluginUse } from "@systole/core";
import type {
  AddressGuardView,
  KeyReport,
  KeyRequest,
  NodeRequest,
  NodeView,
  OperatorRequest,
  PolicyView,
  SelfView,
} from "@systole/core/ports";

export interface LateBeats {
  readonly times: number;
  readonly longestMs: number;
}

export interface FrameCounters {
  readonly framesSent: number;
  /** Accepted and refused ones together. */
  readonly framesReceived: number;
  /** By reason, e.g. `mismatch`. */
  readonly framesRefused: Readonly<Record<string, number>>;
}

/** Everything that a status document is made of. */
export interface ClusterStatus {
  /** This node. */
  readonly self: string;
  readonly nodes: readonly NodeView[];
  readonly policy: PolicyView;
  /** What is wrong among the nodes and needs a person: sentences. Absent: nothing. */
  readonly problems?: readonly string[];
  readonly counters: FrameCounters;
  /** What agents are doing on this node, the oldest first. Absent: nothing. */
  readonly operations?: readonly OperationView[];
  /** By node: signs of life that came late. Absent: nobody counts. */
  readonly lateBeats?: ReadonlyMap<string, LateBeats>;
  /** The keys that seal frames; absent where frames are signed only. */
  readonly keys?: KeyReport;
  /** What watches over the addresses beside the daemon; absent: nothing does. */
  readonly addressGuard?: AddressGuardView;
  /** Of this node itself; absent: nobody looks. */
  readonly health?: SelfView;
}

export interface Answer {
  readonly ok: boolean;
  /** A sentence. */
  readonly reason: string;
}

/** A cluster that runs in this process. */
export interface ClusterHandle {
  /** As it is now; does not wait for anything. */
  status(): ClusterStatus;
  /**
   * Resolves when the request is done or refused. When `signal` aborts, the answer is of no more use: settle at once;
   * what is under way may go on. After a `stop` was answered with ok, `done` resolves.
   */
  request(request: OperatorRequest, signal: AbortSignal): Promise<Answer>;
  /** What there is to fence with and what was fenced; asking does no harm. */
  readonly fencing: FenceDesk;
  /** Changes which nodes there are, or what is said of one, on all of them. Resolves when it is done or refused. */
  editNodes(request: NodeRequest): Promise<Answer>;
  /**
   * Signs and judges from now on with other keys. `use` is the authenticator's plugin and its configuration. Throws a
   * `SystoleError` when it cannot; then the keys stay as they were.
   */
  renewKeys(use: PluginUse): Promise<void>;
  /** Changes the keys that seal frames, or how they are used. Resolves when it is done, begun or refused. */
  changeKeys(request: KeyRequest): Promise<Answer>;
  /** Gives up what this node holds, says goodbye, closes everything. Idempotent; `done` resolves. */
  stop(): Promise<void>;
  /** Resolves, never rejects, when this node has let go of everything, for whatever reason. */
  readonly done: Promise<{ readonly exitCode: number; readonly reason: string }>;
}
