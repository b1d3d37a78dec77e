// What a model means as a composition: the plugins that it names, and the services that one node is made of.
import { heartbeatMembership } from "../engine/index.js";
import {
  Authenticator,
  Companion,
  FenceDevice,
  Membership,
  MessageCodec,
  Network,
  Notifier,
  Quorum,
  ResourceAgent,
  ResourcePolicy,
  Sealer,
  Store,
  Transport,
  type Plugin,
  type RuntimeName,
} from "../ports/index.js";
import { HOST, hostService, type Composition, type HostService } from "./composition.js";
import { messageCodec } from "./message-codec.js";
import type { ClusterModel } from "./model.js";
import type { ComposedPlugins } from "./plugin-composer.js";
import { problemsError, type PluginProblem } from "./plugin-problem.js";

/** Throws `PLUGIN_MISSING` with every plugin that the model names and the host has not got. */
export function compositionOf(
  model: ClusterModel,
  plugins: readonly Plugin[],
  runtime: RuntimeName,
  services: readonly HostService[],
  policy: ResourcePolicy,
): Composition {
  const [first, ...others] = missingPlugins(model, plugins);
  if (first !== undefined) throw problemsError([first, ...others]);
  return composition(model, plugins, runtime, services, policy);
}

export function missingPlugins(model: ClusterModel, plugins: readonly Plugin[]): readonly PluginProblem[] {
  return model.plugins
    .filter(({ use }) => !plugins.some((plugin) => plugin.name === use))
    .map(({ use }) => ({
      code: "PLUGIN_MISSING",
      plugin: use,
      message: `The configuration names the plugin ${use}, which is not installed. Install the package that has it.`,
    }));
}

export function composition(
  model: ClusterModel,
  plugins: readonly Plugin[],
  runtime: RuntimeName,
  services: readonly HostService[],
  policy: ResourcePolicy,
): Composition {
  const { providers } = model;
  const agents = new Set(model.groups.flatMap((group) => group.resources.map((resource) => resource.agent)));
  return {
    runtime,
    plugins: model.plugins.flatMap(({ use, with: config }) =>
      plugins.filter((plugin) => plugin.name === use).map((plugin) => ({ plugin, with: config })),
    ),
    required: [
      { port: Membership, names: [providers.membership] },
      { port: ResourcePolicy, names: [providers.policy] },
      { port: Authenticator, names: listed(providers.authenticator) },
      { port: Sealer, names: listed(providers.sealer) },
      { port: Transport, names: providers.transports },
      { port: ResourceAgent, names: [...agents] },
      { port: Companion, names: providers.companions ?? [] },
      { port: Notifier, names: providers.notifiers ?? [] },
      { port: FenceDevice, names: providers.fenceDevices ?? [] },
      { port: Quorum, names: providers.quorums ?? [] },
      { port: Store, names: [providers.services[Store.port] ?? HOST] },
      ...(providers.services[Network.port] === undefined ? [] : [{ port: Network }]),
    ],
    // A plugin that offers a store is used for one only where the configuration says so.
    services: { [Store.port]: HOST, ...providers.services },
    hostServices: [
      ...services,
      hostService(MessageCodec, messageCodec),
      hostService(Membership, heartbeatMembership, "heartbeat"),
      hostService(ResourcePolicy, policy, "haresources"),
    ],
  };
}

function listed(name: string | undefined): readonly string[] {
  return name === undefined ? [] : [name];
}

/** The one that the configuration chooses; else the host's. */
export function storeOf({ providers }: ClusterModel, composed: ComposedPlugins): Store {
  return composed.get(Store, providers.services[Store.port] ?? HOST);
}

/** The one that the configuration names; undefined: this node looks at no network itself. */
export function networkOf({ providers }: ClusterModel, composed: ComposedPlugins): Network | undefined {
  return providers.services[Network.port] === undefined ? undefined : composed.get(Network);
}
