// The clusters of these tests: two nodes and one group unless a test says otherwise, with timings short enough to watch and frames
// signed by the classic authenticator.
import { ClassicAuthenticator } from "@systole/auth-classic";
import type {
  Failback,
  FencingRules,
  GroupSpec,
  IsolationPolicy,
  QuorumAnswer,
  QuorumQuestion,
} from "@systole/core/ports";
import {
  designedPlan,
  SimulatedCluster as Simulation,
  SimulatedWitness,
  type SimulatedQuorum,
} from "@systole/sim";
import { ResumedEngine } from "./resumed-engine.js";

export const KEEPALIVE_MS = 100;
export const DEAD_MS = 1000;
export const TTL_MS = 3000;
export const MARGIN_MS = 300;
const QUORUM_MS = 5;

export const AUTHENTICATOR = new ClassicAuthenticator({
  sign: 1,
  keys: [{ index: 1, method: "sha1", key: "simulated" }],
});

const GROUP: GroupSpec = {
  key: "10.0.0.1",
  home: "master",
  resources: [
    { name: "10.0.0.1", agent: "ipaddr" },
    { name: "nginx", agent: "nginx" },
  ],
};

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

export function newWitness(): SimulatedWitness {
  return new SimulatedWitness({ ttlMs: TTL_MS, marginMs: MARGIN_MS, patienceMs: DEAD_MS });
}

export class SimulatedCluster extends Simulation {
  constructor(options: SimOptions = {}) {
    const quorums = new Map<string, SimulatedQuorum>();
    super(
      designedPlan({
        ...options,
        nodes: options.nodes ?? ["master", "cluster1"],
        groups: options.groups ?? [GROUP],
        authenticator: AUTHENTICATOR,
        keepaliveMs: KEEPALIVE_MS,
        deadMs: DEAD_MS,
        quorums,
        speaksAsHeartbeat: () => options.asHeartbeats === true,
        engine: (make) => (options.resumed === true ? new ResumedEngine(make) : make()),
      }),
      options.seed ?? 1,
    );
    const { witness, quorum } = options;
    witness?.attach(this);
    if (witness !== undefined) quorums.set("witness", witness);
    else if (quorum !== undefined) quorums.set("simulated", this.answering(quorum));
  }

  private answering(quorum: NonNullable<SimOptions["quorum"]>): SimulatedQuorum {
    return {
      ask: (question, report) => {
        const answer = quorum(question, this.nowMs);
        if (answer !== undefined) this.later(QUORUM_MS, () => report(answer));
      },
    };
  }
}
