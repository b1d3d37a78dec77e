// What a host brings to a node, and how a model and a host become a composition of plugins.
import { haresourcesPolicy, heartbeatMembership } from "../engine/index.js";
import {
  Authenticator,
  Clock,
  Logger,
  Membership,
  Network,
  Processes,
  ResourceAgent,
  ResourcePolicy,
  Store,
  SystoleError,
  Transport,
  type Plugin,
  type RuntimeName,
} from "../ports/index.js";
import { hostService, type Composition, type HostService, type PluginEntry } from "./composition.js";
import type { ClusterModel } from "./model.js";

/** What a host brings: time, a log, a place for state, programs, and randomness. */
export interface ClusterHost {
  readonly runtime: RuntimeName;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: Store;
  readonly processes: Processes;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly observer?: ClusterObserver;
}

/** Is told how this node's own life goes. Must not throw. */
export interface ClusterObserver {
  /** The engine has said a sign of life: it makes progress. Called at least each keepalive. */
  pulsed?(): void;
  /** This node takes part from now on. Called once. */
  active?(): void;
}

/** Everything that `createCluster` would check, as a composition: `systole check` looks at the same one. */
export function compositionOf(
  model: ClusterModel,
  plugins: readonly Plugin[],
  host: ClusterHost,
): Composition {
  const { providers } = model;
  const agents = new Set(model.groups.flatMap((group) => group.resources.map((resource) => resource.agent)));
  return {
    runtime: host.runtime,
    plugins: model.plugins.map((use) => entryOf(use, plugins)),
    required: [
      { port: Membership, names: [providers.membership] },
      { port: ResourcePolicy, names: [providers.policy] },
      { port: Authenticator, names: [providers.authenticator] },
      { port: Transport, names: providers.transports },
      { port: ResourceAgent, names: [...agents] },
      ...(providers.services[Network.port] === undefined ? [] : [{ port: Network }]),
    ],
    services: providers.services,
    hostServices: hostServices(host),
  };
}

function entryOf(use: ClusterModel["plugins"][number], plugins: readonly Plugin[]): PluginEntry {
  const plugin = plugins.find((candidate) => candidate.name === use.use);
  if (plugin === undefined) {
    throw new SystoleError(
      "PLUGIN_MISSING",
      `the configuration names the plugin ${use.use}, which is not installed`,
    );
  }
  return { plugin, with: use.with };
}

function hostServices(host: ClusterHost): readonly HostService[] {
  return [
    hostService(Clock, host.clock),
    hostService(Logger, host.logger),
    hostService(Store, host.store),
    hostService(Processes, host.processes),
    hostService(Membership, heartbeatMembership, "heartbeat"),
    hostService(ResourcePolicy, haresourcesPolicy, "haresources"),
  ];
}
