// What a running node offers to who composed it.
import type { ClusterView } from "../engine/index.js";
import type {
  AddressGuardView,
  KeyReport,
  KeyRequest,
  NodeRequest,
  OperatorRequest,
} from "../ports/index.js";
import type { Answer } from "./driver.js";
import type { FenceDesk } from "./fencing/fence-desk.js";
import type { Counters } from "./media.js";
import type { PluginUse } from "./model.js";
import type { OperationView } from "./operations.js";

/** How a node's life ended. */
export interface ClusterEnd {
  /** `left`: everything was given up. `stuck`: something could not be stopped. `halted`: an invariant failed. */
  readonly kind: "left" | "stuck" | "halted";
  readonly reason: string;
}

export interface Cluster {
  /** Opens the media and begins. Throws `SystoleError`; then nothing is left open. */
  start(signal: AbortSignal): Promise<void>;
  /** `operations`: what agents are doing, the oldest first. */
  view(): ClusterView & { readonly counters: Counters; readonly operations: readonly OperationView[] };
  /** Resolves when the request is done or refused. */
  request(request: OperatorRequest): Promise<Answer>;
  /** Changes which nodes there are, or what is said of one, on all of them. Resolves when it is done or refused. */
  editNodes(request: NodeRequest): Promise<Answer>;
  /** What there is to fence with and what was fenced. */
  readonly fencing: FenceDesk;
  /**
   * Signs and judges from now on as `use`, the authenticator's plugin with another configuration, says. Throws a
   * `SystoleError` when it cannot; then everything stays as it was.
   */
  renewAuthenticator(use: PluginUse): Promise<void>;
  /** What watches over this node's addresses beside it; undefined: nothing does. */
  addressGuard(): AddressGuardView | undefined;
  /** The keys that seal frames; undefined where frames are signed only. */
  keys(): KeyReport | undefined;
  /** Resolves when the change is done, begun or refused. */
  changeKeys(request: KeyRequest): Promise<Answer>;
  /** Resolves when the node has left and everything is closed, after a `stop` request or a failed invariant. */
  readonly ended: Promise<ClusterEnd>;
}

export const leftCleanly: ClusterEnd = { kind: "left", reason: "everything was given up" };
export const leftStuck: ClusterEnd = {
  kind: "stuck",
  reason: "a resource could not be stopped; see the log",
};
