// The media of a cluster's model, with what signs and seals their frames.
import { Authenticator, Sealer, SystoleError, Transport, type Plugin } from "../ports/index.js";
import { servicesOf, type ClusterHost } from "./cluster-host.js";
import { Media, type MediaInit } from "./media.js";
import type { ClusterModel, PluginUse } from "./model.js";
import { composePlugins, type ComposedPlugins } from "./plugin-host.js";

export function mediaOf(
  model: ClusterModel,
  composed: ComposedPlugins,
  outlets: Pick<MediaInit, "received" | "hinted" | "event">,
): Media {
  const { authenticator, transports } = model.providers;
  return new Media({
    transports: transports.map((name) => composed.get(Transport, name)),
    authenticator: authenticator === undefined ? undefined : composed.get(Authenticator, authenticator),
    sealer: sealerOf(model, composed),
    self: model.self,
    innerSignature: model.innerSignature,
    compression: model.compression,
    received: outlets.received,
    hinted: outlets.hinted,
    event: (event) => {
      if (event.name !== "frame.refused" || model.logsRefusedFrames !== false) outlets.event(event);
    },
  });
}

export function sealerOf({ providers }: ClusterModel, composed: ComposedPlugins): Sealer | undefined {
  return providers.sealer === undefined ? undefined : composed.get(Sealer, providers.sealer);
}

/** The model's authenticator made anew, as `use` configures it. Throws a `SystoleError` when it cannot be made. */
export async function renewedAuthenticator(
  model: ClusterModel,
  plugins: readonly Plugin[],
  host: ClusterHost,
  use: PluginUse,
): Promise<Authenticator> {
  const { authenticator } = model.providers;
  const plugin = plugins.find(({ name }) => name === use.use);
  if (plugin === undefined || authenticator === undefined)
    throw new SystoleError("PLUGIN_MISSING", `There is no plugin ${use.use}.`);
  const renewed = await composePlugins({
    runtime: host.runtime,
    plugins: [{ plugin, with: use.with }],
    required: [{ port: Authenticator, names: [authenticator] }],
    services: {},
    hostServices: servicesOf(host),
  });
  return renewed.get(Authenticator, authenticator);
}
