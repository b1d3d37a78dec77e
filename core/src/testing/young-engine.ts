// The engine of a node `master` that has just been made, with one peer and one group: what the engine's doors are tried on.
import { claimsPolicy, createEngine, heartbeatMembership, type Engine } from "../engine/index.js";

export const KEEPALIVE_MS = 100;
const DEAD_MS = 1000;

export function youngEngine(restored: { readonly policy?: unknown; readonly nodes?: unknown } = {}): Engine {
  const self = "master";
  const nodes = [self, "cluster1"];
  const timings = {
    keepaliveMs: KEEPALIVE_MS,
    warnMs: 500,
    deadMs: DEAD_MS,
    initialDeadMs: 2000,
    pingDeadMs: DEAD_MS,
    maxRetransmitDelayMs: 250,
  };
  const membership = heartbeatMembership.create({
    self,
    nodes,
    pingNodes: [],
    media: ["eth0"],
    timings,
    hopFudge: 1,
    generation: 10,
    uuid: new Uint8Array(16).fill(1),
    seed: 1,
    published: {},
    autoJoin: "any",
    restored: restored.nodes,
  });
  const policy = claimsPolicy.create({
    self,
    nodes,
    groups: [{ key: "10.0.0.1", home: self, resources: [{ name: "10.0.0.1", agent: "ipaddr" }] }],
    failback: "on",
    ipfail: false,
    keepaliveMs: KEEPALIVE_MS,
    deadMs: DEAD_MS,
    operationTimeoutMs: {
      start: 9000,
      stop: 9000,
      status: 9000,
      announce: 9000,
      warm: 9000,
      elsewhere: 5000,
    },
    requestTimeoutMs: 120_000,
    fencing: false,
    quorum: false,
    restored: restored.policy,
  });
  return createEngine({ self, membership, policy, timings });
}
