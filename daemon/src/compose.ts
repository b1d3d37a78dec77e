// From the model to a cluster that runs: the one place that knows where the code of each plugin is.
import { randomBytes } from "node:crypto";
import {
  blueprintOf,
  checkCluster,
  createCluster,
  type Blueprint,
  type Cluster,
  type ClusterEnd,
  type ClusterModel,
  type PluginProblem,
} from "@systole/core";
import { FileStore, NodeClock, NodeProcesses, NodeSelf } from "@systole/core/node";
import { SystoleError, type Logger, type Plugin } from "@systole/core/ports";
import { clearLeftovers } from "./addresses/leftovers.js";
import { Companions } from "./clients/companions.js";
import type { ClusterHandle } from "./control/cluster-handle.js";
import { EXIT_CODES } from "./exit-codes.js";
import { HeartbeatState } from "./heartbeat-state.js";
import type { Journal } from "./journal/journal.js";
import { JournalWatcher } from "./journal/journal-watcher.js";
import type { Systemd } from "./systemd/systemd.js";
import { loadPlugins, type LoadedPlugin, type LoadedPlugins } from "./plugins/load-plugins.js";

export interface ComposeOptions {
  /** Where generation, uuid and claims survive a restart, e.g. `/var/lib/systole`. May be missing yet. */
  readonly stateDirectory: string;
  /** Where a heartbeat on this machine kept its generation, uuid and list of nodes, e.g. `/var/lib/heartbeat`. May be missing. */
  readonly heartbeatDirectory: string;
  readonly log: Logger;
  /** Aborts when the daemon is told to stop before it has started: give up and release what was opened. */
  readonly signal: AbortSignal;
  /** Absent: systemd has not started this process. */
  readonly systemd?: Systemd;
  /** Keeps what happens here. Absent: nobody does. */
  readonly journal?: Journal;
  /** Is told which plugins there are before any of them is started. */
  readonly loaded?: (plugins: readonly LoadedPlugin[]) => void;
}

/** Resolves when every part has started. Throws a `SystoleError` otherwise, with nothing left open. */
export async function composeCluster(model: ClusterModel, options: ComposeOptions): Promise<ClusterHandle> {
  const { loaded, model: named } = await pluginsOf(model);
  options.loaded?.(loaded);
  const plugins = loaded.map(({ plugin }) => plugin);
  const clock = new NodeClock();
  await clearLeftovers(options.log);
  const companions = new Companions(model, clock, options.log, options.systemd);
  const watcher = new JournalWatcher(options.journal);
  try {
    const cluster = await startCluster(named, plugins, clock, companions, options, watcher);
    companions.attach(cluster);
    return handleOf(cluster, companions, watcher);
  } catch (error) {
    companions.abandon();
    throw error;
  }
}

/** A node as a simulation needs it: made as for `composeCluster`, and never started. Throws a `SystoleError`. */
export async function composeBlueprint(model: ClusterModel): Promise<Blueprint> {
  const { loaded, model: named } = await pluginsOf(model);
  return blueprintOf(
    named,
    loaded.map(({ plugin }) => plugin),
  );
}

/** Throws `PLUGIN_MISSING` when one of them cannot be loaded. */
async function pluginsOf(model: ClusterModel): Promise<LoadedPlugins> {
  const plugins = await loadPlugins(model);
  const { problems } = plugins;
  if (problems.length > 0)
    throw new SystoleError("PLUGIN_MISSING", problems.join("\n"), { details: { problems } });
  return plugins;
}

async function startCluster(
  model: ClusterModel,
  plugins: readonly Plugin[],
  clock: NodeClock,
  companions: Companions,
  options: ComposeOptions,
  watcher: JournalWatcher,
): Promise<Cluster> {
  const cluster = await createCluster(model, plugins, {
    runtime: "node",
    clock,
    logger: options.log,
    store: new HeartbeatState(
      new FileStore(options.stateDirectory),
      options.heartbeatDirectory,
      // As heartbeat, which keeps its list of nodes where they may join by themselves, and reads it nowhere else.
      model.autoJoin === "other" || model.autoJoin === "any",
      (path, reason) => options.log.warn("heartbeat.state-unusable", { path, reason }),
    ),
    processes: new NodeProcesses(),
    randomBytes: (count) => randomBytes(count),
    observer: watcher.beside(companions.observer),
    self: new NodeSelf(),
    selfReset: companions.selfReset,
  });
  watcher.watch(cluster);
  await cluster.start(options.signal);
  return cluster;
}

/** Something that keeps the plugins of a model from being composed. */
export type CompositionProblem = Pick<PluginProblem, "message" | "wanted"> &
  Partial<Pick<PluginProblem, "plugin" | "path">>;

/** Every problem of the plugins that the model names; nothing is started. */
export async function checkComposition(model: ClusterModel): Promise<readonly CompositionProblem[]> {
  const { loaded, problems, model: named } = await loadPlugins(model);
  const plugins = loaded.map(({ plugin }) => plugin);
  const found = await checkCluster(
    { ...named, plugins: named.plugins.filter(isAmong(plugins)) },
    plugins,
    "node",
  );
  return [...problems.map((message) => ({ message })), ...found];
}

function isAmong(plugins: readonly Plugin[]): (use: ClusterModel["plugins"][number]) => boolean {
  return ({ use }) => plugins.some((plugin) => plugin.name === use);
}

function handleOf(cluster: Cluster, companions: Companions, watcher: JournalWatcher): ClusterHandle {
  let leaving: Promise<unknown> | undefined;
  const done = cluster.ended
    .then((end) => companions.end(end))
    .then(({ kind, reason, failed }) => {
      return { exitCode: failed ? EXIT_CODES.error : exitCodeOfEnd(kind), reason };
    });
  return {
    status: () => {
      const { node, nodes, problems, counters, operations, self: health, ...policy } = cluster.view();
      const keys = cluster.keys();
      const addressGuard = cluster.addressGuard();
      return {
        self: node,
        nodes,
        policy,
        problems,
        counters,
        operations,
        lateBeats: watcher.lateBeats,
        ...(health !== undefined && { health }),
        ...(keys !== undefined && { keys }),
        ...(addressGuard !== undefined && { addressGuard }),
      };
    },
    request: (request) => {
      if (request.kind === "stop") companions.leaving();
      return cluster.request(request);
    },
    fencing: cluster.fencing,
    editNodes: (request) => cluster.editNodes(request),
    renewKeys: (use) => cluster.renewAuthenticator(use),
    changeKeys: (request) => cluster.changeKeys(request),
    stop: async () => {
      companions.leaving();
      leaving ??= cluster.request({ kind: "stop" });
      await leaving;
      await done;
    },
    done,
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
