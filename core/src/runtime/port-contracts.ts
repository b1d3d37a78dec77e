// Holds the contract numbers that plugins were built for against those of this host, recognising a port by its name.
import type { ProviderNode } from "../di/provider-graph.js";
import * as ports from "../ports/index.js";
import type { Token } from "../ports/index.js";
import type { PluginProblem } from "./plugin-problem.js";

/** Every port of this host. */
export const HOST_PORTS: readonly Token<unknown>[] = [
  ports.AgentCatalogue,
  ports.Authenticator,
  ports.Clock,
  ports.ClusterAccess,
  ports.Companion,
  ports.Confirmations,
  ports.FenceDevice,
  ports.Logger,
  ports.Membership,
  ports.MessageCodec,
  ports.Network,
  ports.Notifier,
  ports.Processes,
  ports.Pulse,
  ports.Quorum,
  ports.ResourceAgent,
  ports.ResourcePolicy,
  ports.Sealer,
  ports.SelfReset,
  ports.Store,
  ports.Transport,
];

/** Contract numbers by port name: this host's, and for a port that only plugins know that of its first provider. */
export function contractsOf(nodes: readonly ProviderNode[]): ReadonlyMap<string, number> {
  const contracts = new Map(HOST_PORTS.map((token) => [token.port, token.contract]));
  for (const { token } of nodes) if (!contracts.has(token.port)) contracts.set(token.port, token.contract);
  return contracts;
}

export function isForeign(token: Token<unknown>, contracts: ReadonlyMap<string, number>): boolean {
  return (contracts.get(token.port) ?? token.contract) !== token.contract;
}

/** Every use of a contract number that is not this host's. */
export function contractProblems(
  nodes: readonly ProviderNode[],
  contracts: ReadonlyMap<string, number>,
): readonly PluginProblem[] {
  return nodes.flatMap((node) => {
    const complain = (token: Token<unknown>, use: string): PluginProblem => {
      const wanted = `${token.port}@${contracts.get(token.port)}`;
      return {
        code: "PLUGIN_CONTRACT_MISMATCH",
        plugin: node.owner,
        message: `Plugin ${node.owner} ${use} ${token.port}@${token.contract}, and this host speaks ${wanted}. Install a version of ${node.owner} built for ${wanted}.`,
      };
    };
    return [
      ...(isForeign(node.token, contracts) ? [complain(node.token, `provides "${node.name}" of`)] : []),
      ...node.inject
        .filter((token) => isForeign(token, contracts))
        .map((token) => complain(token, `injects into "${node.name}"`)),
    ];
  });
}
