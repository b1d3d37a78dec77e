// Adds what systole.yaml says to the model that the three files have become. Pure.
import type { ClusterModel, PluginUse } from "@systole/core";
import type { ResourceSpec } from "@systole/core/ports";
import type { SystoleYaml } from "./schema.js";

/** `directory` is where the file is: relative paths of plugins start there. The settings have been checked. */
export function applySystoleYaml(
  model: ClusterModel,
  settings: SystoleYaml,
  directory: string,
): ClusterModel {
  const { providers } = model;
  return {
    ...model,
    plugins: [...model.plugins, ...(settings.plugins ?? []).map((entry) => pluginUse(entry, directory))],
    resources: model.resources.map((resource) => withParameters(resource, settings)),
    providers: {
      ...providers,
      authenticator: settings.authenticator ?? providers.authenticator,
      transports: [...providers.transports, ...(settings.transports ?? [])],
      ...(settings.notifiers !== undefined && { notifiers: settings.notifiers }),
      ...(settings.fence !== undefined && { fenceDevices: settings.fence }),
    },
  };
}

function pluginUse(entry: NonNullable<SystoleYaml["plugins"]>[number], directory: string): PluginUse {
  return {
    use: entry.use,
    from: { specifier: entry.use, directory },
    ...(entry.with !== undefined && { with: entry.with }),
  };
}

function withParameters(resource: ResourceSpec, settings: SystoleYaml): ResourceSpec {
  const parameters = settings.resources?.[resource.name]?.parameters;
  return parameters === undefined
    ? resource
    : { ...resource, parameters: { ...resource.parameters, ...parameters } };
}
