// How a companion of the cluster takes part: it looks, it listens, and it may speak as one of this node's programs.
import type { LinkState, NodeState, NodeView } from "./membership.js";
import type { Message } from "./message.js";
import type { OperatorRequest, PolicyView } from "./resource-policy.js";
import { token, type Token } from "./token.js";

/** What this node knows at one moment. */
export interface ClusterSituation extends PolicyView {
  /** This node. */
  readonly node: string;
  /** Self first, then the configuration's order, ping nodes last. */
  readonly nodes: readonly NodeView[];
}

export type ClusterHappening =
  | {
      readonly kind: "node.changed";
      readonly node: string;
      readonly from: NodeState;
      readonly to: NodeState;
      readonly reason: string;
    }
  | { readonly kind: "link.changed"; readonly node: string; readonly link: string; readonly to: LinkState }
  /** An authentic message of a peer that is not membership's own; each at most once. */
  | { readonly kind: "message.heard"; readonly from: string; readonly message: Message };

export interface ClusterAccess {
  view(): ClusterSituation;
  /** The listener is called in the order of what happens, and must return at once. Returns a function that ends it. */
  watch(listener: (happening: ClusterHappening) => void): () => void;
  /** Says it to the cluster, reliably. Membership adds its own fields. Nothing is said while this node is not active. */
  send(message: Message, to?: string): void;
  /** As an operator would. Resolves when it is done or refused; `reason` is a sentence. */
  request(request: OperatorRequest): Promise<{ readonly ok: boolean; readonly reason: string }>;
}

export const ClusterAccess: Token<ClusterAccess> = token<ClusterAccess>("cluster-access", 1);
