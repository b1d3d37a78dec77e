// The composition of a node that stays in memory: it may meet a heartbeat.
import { haresourcesPolicy } from "../engine/index.js";
import {
  Clock,
  ClusterAccess,
  Confirmations,
  Logger,
  Processes,
  Pulse,
  SelfReset,
  Store,
  type Plugin,
  type RuntimeName,
} from "../ports/index.js";
import type { Composition, HostService } from "./composition.js";
import type { ClusterModel } from "./model.js";
import { composition, compositionOf, missingPlugins } from "./model-composition.js";
import { checkPlugins } from "./plugin-checks.js";
import type { PluginProblem } from "./plugin-problem.js";

/** Throws `PLUGIN_MISSING` with every plugin that the model names and the host has not got. */
export function compositionOfNode(
  model: ClusterModel,
  plugins: readonly Plugin[],
  runtime: RuntimeName,
  services: readonly HostService[],
): Composition {
  return compositionOf(model, plugins, runtime, services, haresourcesPolicy);
}

/**
 * Every problem that would keep a node of this model from being made, at once. Nothing is made or opened: it is what
 * starting begins with.
 */
export async function checkCluster(
  model: ClusterModel,
  plugins: readonly Plugin[],
  runtime: RuntimeName,
): Promise<readonly PluginProblem[]> {
  // Only that they are there counts: nothing is created.
  const services = [Clock, ClusterAccess, Confirmations, Logger, Pulse, SelfReset, Store, Processes].map(
    (token) => ({
      token,
      value: undefined,
    }),
  );
  const missing = missingPlugins(model, plugins);
  return [
    ...missing,
    ...(await checkPlugins(composition(model, plugins, runtime, services, haresourcesPolicy))),
  ];
}
