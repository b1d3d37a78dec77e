// What the author of a node in a function writes, as the model that a cluster is made of. It must say of nodes, groups and timings
// what the other nodes' files say.
import {
  SystoleError,
  type Failback,
  type IsolationPolicy,
  type Plugin,
  type RecoveryRules,
  type ResourceAction,
} from "../ports/index.js";
import { OPERATION_TIMEOUT_MS, type ClusterModel } from "../runtime/model.js";

export interface FunctionResource {
  /** As the other nodes know it. */
  readonly name: string;
  /** Name of the agent, as its plugin provides it. */
  readonly agent: string;
  readonly args?: readonly string[];
  readonly parameters?: Readonly<Record<string, string>>;
  readonly rules?: Partial<RecoveryRules>;
}

export interface FunctionGroup {
  /** As the other nodes know it: their first resource as written. Absent: the name of the first resource here. */
  readonly key?: string;
  readonly home: string;
  readonly resources: readonly FunctionResource[];
}

export interface FunctionNodeConfig {
  /** This node's name. */
  readonly node: string;
  /** Every node, in the order of the other nodes' configuration, this one included. */
  readonly nodes: readonly string[];
  /** The same plugins as elsewhere, imported by the function; each with its configuration. */
  readonly plugins: readonly { readonly plugin: Plugin; readonly with?: unknown }[];
  /** What signs frames. Default: `classic`. */
  readonly authenticator?: string;
  readonly groups?: readonly FunctionGroup[];
  readonly keepaliveMs: number;
  readonly deadMs: number;
  /** How long nobody is judged after the start. Default: twice `deadMs`. */
  readonly initialDeadMs?: number;
  /** Where an action may take longer, or no longer, than on a machine. */
  readonly operationTimeoutMs?: Partial<Readonly<Record<ResourceAction, number>>>;
  readonly failback?: Failback;
  readonly isolation?: IsolationPolicy;
  /** Names of providers, as in systole.yaml. */
  readonly quorums?: readonly string[];
  readonly fenceDevices?: readonly string[];
  readonly notifiers?: readonly string[];
}

/** Whoever is asked is a function as well. */
const ELSEWHERE_MS = 60_000;
const REQUEST_TIMEOUT_MS = 120_000;

/** Throws `CONFIG_INVALID` for what no other check sees. */
export function functionModel(config: FunctionNodeConfig): ClusterModel {
  const { groups = [], keepaliveMs, deadMs, quorums, fenceDevices, notifiers, isolation } = config;
  const names = config.nodes.map((name) => name.toLowerCase());
  const self = config.node.toLowerCase();
  demandNodes(config, names, self);
  const members = groups.flatMap(({ resources }) => resources);
  demand(
    new Set(members.map(({ name }) => name)).size === members.length,
    "two resources have the same name",
  );
  return {
    self,
    nodes: names,
    pingNodes: [],
    timings: {
      keepaliveMs,
      warnMs: deadMs / 2,
      deadMs,
      initialDeadMs: config.initialDeadMs ?? 2 * deadMs,
      pingDeadMs: deadMs,
      maxRetransmitDelayMs: keepaliveMs,
    },
    hopFudge: 1,
    innerSignature: false,
    groups: groups.map(({ key, home, resources }) => ({
      key: key ?? resources[0]?.name ?? "",
      home: home.toLowerCase(),
      resources: resources.map(({ name, agent, rules }) => ({ name, agent, ...(rules && { rules }) })),
    })),
    resources: members.map(({ name, args = [], parameters = {} }) => ({ name, args, parameters })),
    failback: config.failback ?? "on",
    ipfail: false,
    ...(isolation !== undefined && { isolation }),
    operationTimeoutMs: { ...OPERATION_TIMEOUT_MS, elsewhere: ELSEWHERE_MS, ...config.operationTimeoutMs },
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    plugins: config.plugins.map(({ plugin, with: settings }) => ({ use: plugin.name, with: settings })),
    providers: {
      membership: "heartbeat",
      policy: "haresources",
      authenticator: config.authenticator ?? "classic",
      transports: ["http"],
      ...(quorums !== undefined && { quorums }),
      ...(fenceDevices !== undefined && { fenceDevices }),
      ...(notifiers !== undefined && { notifiers }),
      services: {},
    },
  };
}

function demandNodes(
  { node, keepaliveMs, deadMs }: FunctionNodeConfig,
  names: readonly string[],
  self: string,
): void {
  demand(names.includes(self), `nodes does not name this node, ${node}`);
  demand(new Set(names).size === names.length, "nodes names a node twice");
  demand(
    keepaliveMs >= 1 && deadMs >= 2 * keepaliveMs,
    `a node sends each keepaliveMs (${keepaliveMs}), and is dead after deadMs (${deadMs}): at least twice as long`,
  );
}

function demand(holds: boolean, otherwise: string): void {
  if (!holds)
    throw new SystoleError("CONFIG_INVALID", `This node in a function cannot be made: ${otherwise}.`);
}
