// The engine of one node, as its model says: which membership and which policy, and what each of them is told.
import { createEngine, type Engine } from "../engine/index.js";
import { FenceDevice, Membership, ResourcePolicy, Transport, type Message } from "../ports/index.js";
import { knowingAbilities } from "./cluster-resources.js";
import type { Identity } from "./identity.js";
import type { ClusterModel } from "./model.js";
import type { ComposedPlugins } from "./plugin-composer.js";

/** What earlier lives of this node have left in the store. */
export interface Restored {
  readonly policy: unknown;
  readonly nodes: unknown;
  readonly fencing: unknown;
}

export interface EngineParts {
  readonly model: ClusterModel;
  readonly composed: ComposedPlugins;
  readonly identity: Identity;
  readonly restored: Restored;
  /** Whether every medium can carry a message. */
  readonly fits: (message: Message) => boolean;
  /** Four random bytes. */
  readonly seedBytes: Uint8Array;
}

export function composeEngine(parts: EngineParts): Engine {
  const { model, composed, identity, restored, fits, seedBytes } = parts;
  const { self, nodes, groups, failback, ipfail, timings, providers, isolation } = model;
  const membership = composed.get(Membership, providers.membership).create({
    self,
    nodes,
    pingNodes: model.pingNodes,
    media: mediumNames(model, composed),
    fits,
    timings,
    hopFudge: model.hopFudge,
    generation: identity.generation,
    uuid: identity.uuid,
    seed: seedBytes.reduce((seed, byte) => seed * 256 + byte, 0),
    published: {},
    ...(model.autoJoin !== undefined && { autoJoin: model.autoJoin }),
    restored: restored.nodes,
  });
  const policy = composed.get(ResourcePolicy, providers.policy).create({
    self,
    nodes,
    groups: groups.map((group) => ({
      ...group,
      resources: group.resources.map(knowingAbilities(composed)),
    })),
    failback,
    ipfail,
    keepaliveMs: timings.keepaliveMs,
    deadMs: timings.deadMs,
    operationTimeoutMs: model.operationTimeoutMs,
    requestTimeoutMs: model.requestTimeoutMs,
    fencing: composed.names(FenceDevice).length > 0,
    ...(model.fencing !== undefined && { fencingRules: model.fencing.rules }),
    ...(isolation !== undefined && { isolation }),
    quorum: (providers.quorums ?? []).length > 0,
    restored: restored.policy,
  });
  return createEngine({ self, membership, policy, timings });
}

/** Of the media that carry messages, in the order of the configuration. */
export function mediumNames({ providers }: ClusterModel, composed: ComposedPlugins): readonly string[] {
  return providers.transports
    .map((name) => composed.get(Transport, name))
    .filter((transport) => transport.supports.probe === undefined)
    .map(({ medium }) => medium);
}
