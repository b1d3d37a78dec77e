// The media of a cluster's model, with what signs and seals their frames.
import { Authenticator, Sealer, Transport } from "../ports/index.js";
import { Media, type MediaInit } from "./media.js";
import type { ClusterModel } from "./model.js";
import type { ComposedPlugins } from "./plugin-composer.js";

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
