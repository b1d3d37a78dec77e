// One modelled heartbeat beside one Systole node, on the bench.
import { createEngine, haresourcesPolicy, heartbeatMembership } from "@systole/core/engine";
import type { Failback } from "@systole/core/ports";
import { GROUPS, NODES, TIMINGS } from "./captured-set-up.js";
import { createHeartbeat } from "./index.js";
import { SmallCluster, type Birth, type Machine } from "./small-cluster.js";

export interface MixedOptions {
  readonly seed: number;
  /** The node that runs Systole. */
  readonly systole: string;
  readonly failback?: Failback;
  readonly fencing?: boolean;
}

export function mixedPair({ seed, systole, failback = "on", fencing = false }: MixedOptions): SmallCluster {
  return new SmallCluster(seed, (birth) => {
    const common = { ...birth, nodes: NODES, groups: GROUPS, failback, timings: TIMINGS, fencing };
    const uuid = new Uint8Array(16).fill(birth.self === "alpha" ? 1 : 2);
    return birth.self === systole
      ? systoleNode(birth, uuid, failback, fencing)
      : createHeartbeat({ ...common, uuid });
  });
}

function systoleNode(birth: Birth, uuid: Uint8Array, failback: Failback, fencing: boolean): Machine {
  const { self, generation, restored, seed } = birth;
  const { keepaliveMs, deadMs } = TIMINGS;
  const membership = heartbeatMembership.create({
    self,
    nodes: NODES,
    pingNodes: [],
    media: ["eth0"],
    timings: TIMINGS,
    hopFudge: 1,
    generation,
    uuid,
    seed,
    published: {},
  });
  const second = 1000;
  const policy = haresourcesPolicy.create({
    self,
    nodes: NODES,
    groups: GROUPS,
    failback,
    ipfail: false,
    keepaliveMs,
    operationTimeoutMs: {
      start: 60 * second,
      stop: 60 * second,
      status: 20 * second,
      announce: 5 * second,
      warm: 60 * second,
      elsewhere: 5 * second,
    },
    requestTimeoutMs: 120 * second,
    fencing,
    isolation: "hold",
    deadMs,
    quorum: false,
    restored,
  });
  return createEngine({ self, membership, policy, timings: { keepaliveMs, deadMs } });
}
