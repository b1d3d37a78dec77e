// Keys are changed while a node runs: what signs is made anew, beside everything else.
import { Authenticator, SystoleError, type Plugin } from "../ports/index.js";
import { servicesOf, type ClusterHost } from "./cluster-host.js";
import type { ClusterModel, PluginUse } from "./model.js";
import { composePlugins } from "./plugin-host.js";

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
