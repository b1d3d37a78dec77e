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
  readonly frames?: FrameDesign;
  /** Agents can make quick to start what is no address. Default: none can. */
  readonly warm?: boolean;
  /** The second node has the uuid of the first. Default: each has its own. */
  readonly copiedDisk?: boolean;
  /** Ping nodes are ping groups. Default: they are not. */
  readonly pingGroup?: boolean;
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

/** What becomes of messages on their way; absent: nothing, and one that does not fit is not looked for. */
export interface FrameDesign {
  /** Above 200 bytes they are compressed as a whole. */
  readonly traditional: boolean;
  /** `msgfmt classic` */
  readonly innerSignatures: boolean;
  /** There is a serial line besides, `ttyS0`, which carries lines of text. */
  readonly serial: boolean;
  /** Default: what a datagram takes. */
  readonly maxFrameBytes?: number;
}

const TRADITIONAL = { traditional: true, thresholdBytes: 200 };
const LINE = "ttyS0";
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
  const { pingNodes = [], speaksAsHeartbeat, heartbeats = [], frames } = design;
  const maxFrameBytes = frames?.maxFrameBytes ?? MAX_FRAME_BYTES;
  const carriers: readonly Carrier[] = [
    ...mediaOf(design).map((medium) => ({
      medium,
      supports: { maxFrameBytes, ...(medium === LINE && { form: "string" as const }) },
    })),
    ...pingNodes.map((probe) => ({ medium: probe, supports: { maxFrameBytes: MAX_FRAME_BYTES, probe } })),
  ];
  return {
    name,
    carriers,
    opensAs: "the same keys",
    isHeartbeat: heartbeats.includes(name),
    engine: (life) =>
      heartbeats.includes(name)
        ? heartbeatOf(design, name, life)
        : livingEngine(design, name, life, carriers),
    framing: () => framingOf(design, name),
    says: (message) => (speaksAsHeartbeat?.(name) === true ? withoutReport(message) : message),
  };
}

function mediaOf({ media = ["eth0"], frames }: Design): readonly string[] {
  return frames?.serial === true ? [...media, LINE] : media;
}

function framingOf({ authenticator, frames }: Design, self: string): Framing {
  const compression = frames?.traditional === true ? TRADITIONAL : undefined;
  return new Framing({
    self,
    authenticator,
    innerSignature: frames?.innerSignatures === true,
    compression,
  });
}

/** Only in designs that say what becomes of messages: everywhere else all of them fit. */
function fitsIn(
  design: Design,
  self: string,
  carriers: readonly Carrier[],
): ((message: Message) => boolean) | undefined {
  if (design.frames === undefined) return undefined;
  const framing = framingOf(design, self);
  return (message) => framing.fits(message, carriers);
}

function livingEngine(design: Design, name: string, life: NodeLife, carriers: readonly Carrier[]): Engine {
  const make = (): Engine => engineOf(design, name, life, carriers);
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

function engineOf(design: Design, self: string, life: NodeLife, carriers: readonly Carrier[]): Engine {
  const { nodes, groups, keepaliveMs, deadMs, failback = "on", ipfail = false, pingNodes = [] } = design;
  const { fencing = false, fencingRules, isolation = "hold", quorums = new Map() } = design;
  const fits = fitsIn(design, self, carriers);
  const membership = heartbeatMembership.create({
    self,
    nodes,
    pingNodes: pingNodes.map((name) => ({ name, group: design.pingGroup === true })),
    media: mediaOf(design),
    ...(fits !== undefined && { fits }),
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
    groups: design.warm === true ? groups.map(warmed) : groups,
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

/** As services can that only have to be loaded. */
function warmed(group: GroupSpec): GroupSpec {
  const resources = group.resources.map((member) => ({
    ...member,
    canWarm: member.tellsElsewhere !== true,
  }));
  return { ...group, resources };
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

function uuidOf({ nodes, copiedDisk }: Design, self: string): Uint8Array {
  const place = nodes.indexOf(self);
  return new Uint8Array(16).fill((place === 1 && copiedDisk === true ? 0 : place) + 1);
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
