// Every bound of the engine, in one place; docs/limits.md explains them.

export const LIMITS = {
  /** Messages kept for retransmission, as heartbeat 3.0.6 keeps. */
  history: 500,
  /** A gap larger than this resets the tracking of a peer's sequence. */
  lostMessages: 250,
  /** Messages sent again for one request. */
  retransmissionsPerRequest: 50,
  /** A message is not sent again within this time. */
  retransmitPauseMs: 240,
  /** First request for a missing message: between this and the maximum delay. */
  retransmitFirstMinMs: 50,
  /** How often `reqnodes` is repeated. */
  nodeListRetryMs: 1000,
  /** Normal nodes, configured and joined together. */
  nodes: 100,
  /** Names of deleted nodes that are remembered. */
  deletedNodes: 100,
  /** Things wrong among the nodes that are shown at once, and how long each is shown after it was last seen. */
  troubles: 32,
  troubleMs: 60_000,
  /** Acknowledgements: every tenth message of a peer. */
  ackEvery: 10,
  /** Attempts to stop a resource before the group counts as stuck, besides the first. */
  stopRetries: 10,
  stopRetryMs: 1000,
  stuckStopRetryMs: 30_000,
  /** A start that failed here is tried again after this, when no other node can run the group. */
  startRetryMs: 30_000,
  /** Pause before the second restart of a resource that fails again and again; doubled each time up to the longest. */
  holdDownMs: 1000,
  longestHoldDownMs: 60_000,
  /** Pause after the first attempt to fence that failed; doubled each time up to the longest. */
  fenceRetryMs: 5000,
  longestFenceRetryMs: 60_000,
  /** How long each living node is given to fence before the next one does it as well. */
  fenceTurnMs: 60_000,
  /** What a node said just before it was fenced may arrive this much later. */
  fencedEchoMs: 2000,
  /** After a healed partition, how long a node at home may wait for its ping nodes before it lets go. */
  settleMs: 500,
  /** A claim that only others have heard from its owner is believed this long, although the owner is dead here. */
  secondHandClaimMs: 10_000,
  /** A node that has never heard another one, and finds a group's address taken, asks again after this … */
  elsewhereAgainMs: 3000,
  /** … and this much later for each node before it in the configuration, so that two that ask do not hear each other for ever. */
  elsewhereTurnMs: 700,
  /** Between two questions to the quorum: a quarter of deadtime, within these. */
  shortestQuorumPauseMs: 250,
  longestQuorumPauseMs: 5000,
  /** A kernel that has not found a neighbour's hardware address asks for it again after this. */
  neighbourMs: 1000,
  /** How long the longest lateness of this node is shown. */
  latenessShownMs: 300_000,
  /** Bytes of a node's report: it must fit into one datagram beside the other fields. */
  reportBytes: 60_000,
  /** Rounds of deciding after one input; more means that two rules fight. */
  decisionRounds: 8,
  /** Operator requests that may wait at once. */
  pendingRequests: 16,
} as const;

/** Of placement alone: a bundle without it does without these. */
export const PLACEMENT_LIMITS = {
  /** Rounds of placing after which what was decided last is taken, although something would still move. */
  placementRounds: 8,
  /** Groups and constraints of the rules of placement, and instances of a clone on one node. */
  placementGroups: 500,
  placementConstraints: 1000,
  instancesPerNode: 100,
} as const;
