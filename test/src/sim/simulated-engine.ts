// The engine of one simulated node: the real one, with timings short enough to watch.
import { ResumedEngine } from "./resumed-engine.js";
import { createEngine, haresourcesPolicy, heartbeatMembership, type Engine } from "@systole/core/engine";
import type {
  Failback,
  FencingRules,
  GroupSpec,
  IsolationPolicy,
  QuorumAnswer,
  QuorumQuestion,
} from "@systole/core/ports";
import type { SimulatedWitness } from "./simulated-witness.js";

export interface SimOptions {
  readonly nodes?: readonly string[];
  readonly groups?: readonly GroupSpec[];
  readonly failback?: Failback;
  readonly ipfail?: boolean;
  readonly pingNodes?: readonly string[];
  readonly fencing?: boolean;
  readonly fencingRules?: FencingRules;
  /** Default `hold`. */
  readonly isolation?: IsolationPolicy;
  /** The quorum that every node asks; undefined: it never answers. Absent: there is none. */
  readonly quorum?: (question: QuorumQuestion, nowMs: number) => QuorumAnswer | undefined;
  /** In the place of `quorum`: a witness beyond a network that may be cut, named `witness` there. */
  readonly witness?: SimulatedWitness;
  readonly seed?: number;
  /** Every engine is made anew after each of its steps, and goes on from what the former one has written. */
  readonly resumed?: boolean;
  /** Takes the field out of every status by which Systole nodes know each other: all speak heartbeat's R1 protocol. */
  readonly asHeartbeats?: boolean;
}

export const KEEPALIVE_MS = 100;
export const DEAD_MS = 1000;
const GROUP: GroupSpec = {
  key: "10.0.0.1",
  home: "master",
  resources: [
    { name: "10.0.0.1", agent: "ipaddr" },
    { name: "nginx", agent: "nginx" },
  ],
};

export interface SimulatedEngineInit {
  readonly self: string;
  readonly generation: number;
  readonly restored: unknown;
  readonly seed: number;
  readonly options: SimOptions;
}

export function nodesOf(options: SimOptions): readonly string[] {
  return options.nodes ?? ["master", "cluster1"];
}

export function simulatedEngine(init: SimulatedEngineInit): Engine {
  return init.options.resumed === true ? new ResumedEngine(() => made(init)) : made(init);
}

function made({ self, generation, restored, seed, options }: SimulatedEngineInit): Engine {
  const { groups = [GROUP], failback = "on", ipfail = false, pingNodes = [], fencing = false } = options;
  const membership = heartbeatMembership.create({
    self,
    nodes: nodesOf(options),
    pingNodes: pingNodes.map((name) => ({ name, group: false })),
    media: ["eth0"],
    timings: {
      keepaliveMs: KEEPALIVE_MS,
      warnMs: 500,
      deadMs: DEAD_MS,
      initialDeadMs: 2000,
      pingDeadMs: DEAD_MS,
      maxRetransmitDelayMs: 250,
    },
    hopFudge: 1,
    generation,
    uuid: new Uint8Array(16).fill(nodesOf(options).indexOf(self) + 1),
    seed,
    published: {},
  });
  const policy = haresourcesPolicy.create({
    self,
    nodes: nodesOf(options),
    groups,
    failback,
    ipfail,
    keepaliveMs: KEEPALIVE_MS,
    operationTimeoutMs: {
      start: 60_000,
      stop: 60_000,
      status: 20_000,
      announce: 5000,
      warm: 60_000,
      elsewhere: 5000,
    },
    requestTimeoutMs: 120_000,
    fencing,
    ...(options.fencingRules !== undefined && { fencingRules: options.fencingRules }),
    isolation: options.isolation ?? "hold",
    deadMs: DEAD_MS,
    quorum: (options.quorum ?? options.witness) !== undefined,
    restored,
  });
  return createEngine({ self, membership, policy, timings: { keepaliveMs: KEEPALIVE_MS, deadMs: DEAD_MS } });
}
