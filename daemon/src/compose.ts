// From the model to a cluster that runs: the one place that knows where the code of each plugin is.
import { randomBytes } from "node:crypto";
import { createCluster, type Cluster, type ClusterEnd, type ClusterModel } from "@systole/core";
import { FileStore, NodeClock, NodeProcesses } from "@systole/core/node";
import { SystoleError, type Logger, type Plugin } from "@systole/core/ports";
import type { ClusterHandle } from "./control/cluster-handle.js";
import { EXIT_CODES } from "./exit-codes.js";

export interface ComposeOptions {
  /** Where generation, uuid and claims survive a restart, e.g. `/var/lib/systole`. May be missing yet. */
  readonly stateDirectory: string;
  readonly log: Logger;
  /** Aborts when the daemon is told to stop before it has started: give up and release what was opened. */
  readonly signal: AbortSignal;
}

/** Resolves when every part has started. Throws a `SystoleError` otherwise, with nothing left open. */
export async function composeCluster(model: ClusterModel, options: ComposeOptions): Promise<ClusterHandle> {
  const plugins = await Promise.all(model.plugins.map(({ use }) => loadPlugin(use)));
  const cluster = await createCluster(model, plugins, {
    runtime: "node",
    clock: new NodeClock(),
    logger: options.log,
    store: new FileStore(options.stateDirectory),
    processes: new NodeProcesses(),
    randomBytes: (count) => randomBytes(count),
  });
  await cluster.start(options.signal);
  return handleOf(cluster);
}

/** A plugin's package is named after it. Throws `PLUGIN_MISSING`. */
async function loadPlugin(name: string): Promise<Plugin> {
  const packageName = `@systole/${name}`;
  try {
    const module: { readonly default?: Plugin } = await import(packageName);
    if (module.default !== undefined) return module.default;
  } catch (cause) {
    const message = `the plugin ${name} cannot be loaded: install the package ${packageName}`;
    throw new SystoleError("PLUGIN_MISSING", message, { cause, details: { plugin: name } });
  }
  throw new SystoleError("PLUGIN_MISSING", `the package ${packageName} has no plugin as its default export`);
}

function handleOf(cluster: Cluster): ClusterHandle {
  let leaving: Promise<unknown> | undefined;
  return {
    status: () => {
      const { node, nodes, counters, stable, why, groups } = cluster.view();
      return { self: node, nodes, policy: { stable, why, groups }, counters };
    },
    request: (request) => cluster.request(request),
    stop: async () => {
      leaving ??= cluster.request({ kind: "stop" });
      await leaving;
      await cluster.ended;
    },
    done: cluster.ended.then(({ kind, reason }) => ({ exitCode: exitCodeOfEnd(kind), reason })),
  };
}

function exitCodeOfEnd(kind: ClusterEnd["kind"]): number {
  switch (kind) {
    case "left":
      return EXIT_CODES.ok;
    case "stuck":
      return EXIT_CODES.error;
    case "halted":
      return EXIT_CODES.software;
  }
}
