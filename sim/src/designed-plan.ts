// A plan for a cluster that is described in a few words, without configuration files: for tests and for random lives.
import { Framing, OPERATION_TIMEOUT_MS, type Carrier } from "@systole/core";
import { createEngine, haresourcesPolicy, heartbeatMembership, type Engine } from "@systole/core/engine";
import {
  type Authenticator,
  type Failback,
  type FencingRules,
  type GroupSpec,
  type IsolationPolicy,
  type MembershipTimings,
  type Message,
  type ResourceAction,
} from "@systole/core/ports";
import { createHeartbeat } from "./heartbeat-node/index.js";
import type { ClusterPlan, NodeEngine, NodeLife, NodePlan, SimulatedQuorum } from "./plan.js";

export interface Design {
  readonly nodes: readonly string[];
  readonly groups: readonly GroupSpec[];
  readonly authenticator: Authenticator;
  readonly keepaliveMs: number;
  readonly deadMs: number;
  /** Default `eth0` alone. */
  readonly media?: readonly string[];
  readonly pingNodes?: readonly string[];
  /** Default `on`. */
  readonly failback?: Failback;
  readonly ipfail?: boolean;
  readonly fencing?: boolean;
  readonly fencingRules?: FencingRules;
  /** How long an agent may take, whatever it does. Default: a minute to start and to stop. */
  readonly agentsTakeMs?: number;
  /** Default `hold`. */
  readonly isolation?: IsolationPolicy;
  readonly quorums?: ReadonlyMap<string, SimulatedQuorum>;
  readonly guardAfterMs?: number;
  /** Nodes that run heartbeat 3.0.6, modelled. Default: none. */
  readonly heartbeats?: readonly string[];
  /** Nodes that leave out of their words by what Systole nodes know each other: they speak as heartbeats do. */
  readonly speaksAsHeartbeat?: (node: string) => boolean;
  /** How an engine lives that was made. Default: as it is. */
  readonly engine?: (make: () => Engine) => Engine;
}

const MAX_FRAME_BYTES = 65_507;

export function designedPlan(design: Design): ClusterPlan {
  const { groups, keepaliveMs, deadMs, guardAfterMs, quorums = new Map(), heartbeats = [] } = design;
  return {
    nodes: design.nodes.map((name) => nodePlan(design, name)),
    groups,
    keepaliveMs,
    deadMs,
    quorums,
    inOrder: heartbeats.length > 0,
    ...(guardAfterMs !== undefined && { guardAfterMs }),
  };
}

function nodePlan(design: Design, name: string): NodePlan {
  const { authenticator, media = ["eth0"], pingNodes = [], speaksAsHeartbeat, heartbeats = [] } = design;
  const carriers: readonly Carrier[] = [
    ...media.map((medium) => ({ medium, supports: { maxFrameBytes: MAX_FRAME_BYTES } })),
    ...pingNodes.map((probe) => ({ medium: probe, supports: { maxFrameBytes: MAX_FRAME_BYTES, probe } })),
  ];
  return {
    name,
    carriers,
    opensAs: "the same keys",
    isHeartbeat: heartbeats.includes(name),
    engine: (life) =>
      heartbeats.includes(name) ? heartbeatOf(design, name, life) : livingEngine(design, name, life),
    framing: () => new Framing({ self: name, authenticator, innerSignature: false, compression: undefined }),
    says: (message) => (speaksAsHeartbeat?.(name) === true ? withoutReport(message) : message),
  };
}

function livingEngine(design: Design, name: string, life: NodeLife): Engine {
  const make = (): Engine => engineOf(design, name, life);
  return design.engine === undefined ? make() : design.engine(make);
}

function heartbeatOf(design: Design, self: string, life: NodeLife): NodeEngine {
  const { nodes, groups, failback = "on", fencing = false, media = ["eth0"], agentsTakeMs } = design;
  return createHeartbeat({
    self,
    nodes,
    groups,
    failback,
    fencing,
    media,
    timings: timingsOf(design),
    generation: life.generation,
    uuid: uuidOf(design, self),
    seed: life.seed,
    restored: life.policy,
    ...(agentsTakeMs !== undefined && { scriptTimeoutMs: agentsTakeMs }),
  });
}

function engineOf(design: Design, self: string, life: NodeLife): Engine {
  const { nodes, groups, keepaliveMs, deadMs, failback = "on", ipfail = false, pingNodes = [] } = design;
  const { fencing = false, fencingRules, isolation = "hold", quorums = new Map(), media = ["eth0"] } = design;
  const membership = heartbeatMembership.create({
    self,
    nodes,
    pingNodes: pingNodes.map((name) => ({ name, group: false })),
    media,
    timings: timingsOf(design),
    hopFudge: 1,
    generation: life.generation,
    uuid: uuidOf(design, self),
    seed: life.seed,
    published: {},
    restored: life.nodes,
  });
  const policy = haresourcesPolicy.create({
    self,
    nodes,
    groups,
    failback,
    ipfail,
    keepaliveMs,
    operationTimeoutMs: timeouts(design.agentsTakeMs),
    requestTimeoutMs: 120_000,
    fencing,
    ...(fencingRules !== undefined && { fencingRules }),
    isolation,
    deadMs,
    quorum: quorums.size > 0,
    restored: life.policy,
  });
  return createEngine({ self, membership, policy, timings: { keepaliveMs, deadMs } });
}

function timingsOf({ keepaliveMs, deadMs }: Design): MembershipTimings {
  return {
    keepaliveMs,
    warnMs: deadMs / 2,
    deadMs,
    initialDeadMs: 2 * deadMs,
    pingDeadMs: deadMs,
    maxRetransmitDelayMs: 250,
  };
}

function uuidOf({ nodes }: Design, self: string): Uint8Array {
  return new Uint8Array(16).fill(nodes.indexOf(self) + 1);
}

function timeouts(longestMs = Number.POSITIVE_INFINITY): Readonly<Record<ResourceAction, number>> {
  const bounded = Object.entries(OPERATION_TIMEOUT_MS).map(([action, ms]) => [
    action,
    Math.min(ms, longestMs),
  ]);
  return Object.fromEntries(bounded) as Record<ResourceAction, number>;
}

/** As a heartbeat would have said it. */
function withoutReport(message: Message): Message {
  return { fields: message.fields.filter((field) => field.name !== "systole") };
}
