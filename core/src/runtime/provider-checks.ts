// Holds what was declared against itself and against what the configuration wants made.
import { chooseProvider, choices, graphProblems, type ProviderNode } from "../di/provider-graph.js";
import { Clock } from "../ports/index.js";
import { HOST, type Composition, type RequiredPort } from "./composition.js";
import type { PluginProblem } from "./plugin-problem.js";
import { contractProblems, contractsOf, isForeign } from "./port-contracts.js";

/** What the host always needs: deadlines are measured by the cluster's clock. */
const ALWAYS_REQUIRED: readonly RequiredPort[] = [{ port: Clock }];

/** Everything that has to be made, the host's own needs first. */
export function requiredPorts(composition: Composition): readonly RequiredPort[] {
  return [...ALWAYS_REQUIRED, ...composition.required];
}

/** Wrong contracts, names offered twice, wishes that nobody fulfils, and circles. */
export function providerProblems(
  nodes: readonly ProviderNode[],
  composition: Composition,
): readonly PluginProblem[] {
  const contracts = contractsOf(nodes);
  const native = nodes
    .filter((node) => !isForeign(node.token, contracts))
    .map((node) => ({ ...node, inject: node.inject.filter((token) => !isForeign(token, contracts)) }));
  return [
    ...contractProblems(nodes, contracts),
    ...duplicateProblems(native),
    ...graphProblems(native, composition.services).map(({ code, owner, message }) => ({
      code,
      plugin: owner,
      message,
    })),
    ...requiredPorts(composition).flatMap((required) => requiredProblems(required, native, composition)),
    ...unusedChoices(native, composition),
  ];
}

function duplicateProblems(nodes: readonly ProviderNode[]): readonly PluginProblem[] {
  return nodes.flatMap((node, index) => {
    const rival = nodes
      .slice(0, index)
      .find((other) => other.token.id === node.token.id && other.name === node.name);
    if (rival === undefined) return [];
    const who =
      rival.owner === node.owner ? `twice by ${node.owner}` : `by ${rival.owner} and by ${node.owner}`;
    const message = `${node.token.port} "${node.name}" is offered ${who}. Leave one of the two out of the configuration.`;
    return [{ code: "PLUGIN_DUPLICATE" as const, plugin: node.owner, message }];
  });
}

function requiredProblems(
  required: RequiredPort,
  nodes: readonly ProviderNode[],
  { services }: Composition,
): readonly PluginProblem[] {
  const { port, names } = required;
  const unresolved = (message: string) => ({ code: "PLUGIN_UNRESOLVED" as const, plugin: HOST, message });
  if (names === undefined) {
    const choice = chooseProvider(port, nodes, services);
    return choice.ok ? [] : [unresolved(`The host wants ${port.port}, but ${choice.reason}.`)];
  }
  const offers = nodes.filter((node) => node.token.id === port.id);
  return [...new Set(names)]
    .filter((name) => !offers.some((node) => node.name === name))
    .map((name) => ({
      ...unresolved(
        `The configuration asks for ${port.port} "${name}", which no plugin provides; ${choices(offers)}.`,
      ),
      wanted: { port: port.port, name },
    }));
}

/** A choice of a name that is not on offer, where no injection has complained of it already. */
function unusedChoices(
  nodes: readonly ProviderNode[],
  { services, required }: Composition,
): readonly PluginProblem[] {
  const complained = new Set([
    ...nodes.flatMap((node) => node.inject.map((token) => token.port)),
    ...[...ALWAYS_REQUIRED, ...required]
      .filter(({ names }) => names === undefined)
      .map(({ port }) => port.port),
  ]);
  return Object.entries(services).flatMap(([port, name]) => {
    const offers = nodes.filter((node) => node.token.port === port);
    if (complained.has(port) || offers.some((node) => node.name === name)) return [];
    const message = `The configuration chooses ${port} "${name}", which no plugin provides; ${choices(offers)}.`;
    return [{ code: "PLUGIN_UNRESOLVED" as const, plugin: HOST, message }];
  });
}
