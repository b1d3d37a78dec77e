// The agents of this machine without a cluster around them: the same plugins, composed as the daemon does it.
import { composePlugins, hostService, type PluginEntry, type PluginUse } from "@systole/core";
import { NodeClock, NodeProcesses } from "@systole/core/node";
import {
  AgentCatalogue,
  Clock,
  Logger,
  Processes,
  Pulse,
  ResourceAgent,
  SystoleError,
  type ResourceSpec,
} from "@systole/core/ports";
import { join } from "node:path";
import { loadPlugin } from "../../plugins/load-plugins.js";
import { thisMachine, type Machine } from "../../config/machine.js";
import { resolveResource, type AgentName, type Resolution } from "../../config/resolve-resource.js";
import { EXIT_CODES } from "../../exit-codes.js";

export interface AgentRoom {
  /** By class, in the order in which they are shown. */
  readonly catalogues: ReadonlyMap<AgentName, AgentCatalogue>;
  agent(): ResourceAgent;
  close(): Promise<void>;
}

export interface AgentRoomOptions {
  readonly haDir: string;
  readonly machine?: Machine;
}

const CATALOGUES: readonly AgentName[] = ["ipaddr", "nginx", "ocf", "heartbeat", "lsb", "systemd"];

/** Nobody reads what agents log beside their answers: the answers are shown. */
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
/** Without a cluster there are no signs of life, and nothing is held with a lease. */
const still: Pulse = { onPulse: () => () => undefined };

/**
 * Makes the catalogues, and the one agent that is wanted. Throws a `SystoleError` when a plugin is missing or does not
 * start; nothing is left open then.
 */
export async function openAgentRoom(options: AgentRoomOptions, wanted?: AgentName): Promise<AgentRoom> {
  const composed = await composePlugins({
    runtime: "node",
    plugins: await Promise.all(pluginUses(options).map(entryOf)),
    required: [
      { port: AgentCatalogue, names: CATALOGUES },
      { port: ResourceAgent, names: wanted === undefined ? [] : [wanted] },
    ],
    services: {},
    hostServices: [
      hostService(Clock, new NodeClock()),
      hostService(Logger, silent),
      hostService(Processes, new NodeProcesses()),
      hostService(Pulse, still),
    ],
  });
  await composed.start(new AbortController().signal);
  return {
    catalogues: new Map(CATALOGUES.map((name) => [name, composed.get(AgentCatalogue, name)])),
    agent: () => composed.get(ResourceAgent, wanted),
    close: () => composed.stop(new AbortController().signal),
  };
}

async function entryOf(use: PluginUse): Promise<PluginEntry> {
  const loaded = await loadPlugin(use);
  if ("problem" in loaded) throw new SystoleError("PLUGIN_MISSING", loaded.problem);
  return { plugin: loaded.plugin, with: use.with };
}

function pluginUses({ haDir, machine }: AgentRoomOptions): readonly PluginUse[] {
  const { initDirectory } = machine ?? thisMachine();
  return [
    { use: "net-linux" },
    { use: "agent-ipaddr" },
    { use: "agent-nginx" },
    { use: "agent-ocf" },
    { use: "agent-lsb", with: { resourceDirectory: join(haDir, "resource.d"), initDirectory } },
    { use: "agent-systemd" },
  ];
}

/** A resource as it would be written in haresources, with `::` or blanks between its parts. */
export function resourceOf(
  words: readonly string[],
  { haDir, machine = thisMachine() }: AgentRoomOptions,
): { readonly resolution: Extract<Resolution, { ok: true }>; readonly resource: ResourceSpec } {
  const name = words.join("::");
  const resolution = resolveResource(name, {
    resourceDirectory: join(haDir, "resource.d"),
    initDirectory: machine.initDirectory,
    ocfDirectory: machine.ocfDirectory,
    unitDirectories: machine.unitDirectories,
    isExecutableFile: (path) => machine.isExecutableFile(path),
    namesIn: (directory) => machine.namesIn(directory),
  });
  if (!resolution.ok) {
    const { message, code } = resolution;
    throw new SystoleError("CONFIG_INVALID", message, { details: { code, exitCode: EXIT_CODES.error } });
  }
  const { args, parameters = {} } = resolution;
  return { resolution, resource: { name, args, parameters } };
}
