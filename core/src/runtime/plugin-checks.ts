// Everything that can be known about a composition without making anything: what `systole check` runs, and what starting begins with.
import type { ProviderNode } from "../di/provider-graph.js";
import { injectedTokens } from "../di/injected-tokens.js";
import type { Plugin } from "../ports/index.js";
import { HOST, hostServiceName, type Composition, type HostService } from "./composition.js";
import { validateConfig } from "./plugin-config.js";
import { declare, type Declaration } from "./plugin-declarations.js";
import { identityProblems } from "./plugin-identity.js";
import { reasonOf, type PluginProblem } from "./plugin-problem.js";
import { providerProblems } from "./provider-checks.js";
import { HOST_SDK_VERSION } from "./version-rule.js";

export interface Inspection {
  /** In the order of the checks; empty when the composition can be made. */
  readonly problems: readonly PluginProblem[];
  readonly declarations: readonly Declaration[];
}

/** Every problem of a composition at once. Nothing is created, opened or started. */
export async function checkPlugins(composition: Composition): Promise<readonly PluginProblem[]> {
  return (await inspectComposition(composition)).problems;
}

/** The checks: names, runtimes, versions; configuration; registration; who provides what to whom. */
export async function inspectComposition(composition: Composition): Promise<Inspection> {
  const identified = identify(composition);
  const configured = await configure(identified.accepted);
  const registered = register(configured.accepted);
  const host = hostNodes(composition.hostServices);
  const found = [identified, configured, registered, host].flatMap((stage) => stage.problems);
  const wanting = providerProblems([...host.nodes, ...registered.declarations], composition);
  return {
    problems: [...found, ...wanting.map(suspecting(found.map((problem) => problem.plugin)))],
    declarations: registered.declarations,
  };
}

/** What is missing may be missing only because the plugin that has it was refused earlier: say so. */
function suspecting(refused: readonly string[]): (problem: PluginProblem) => PluginProblem {
  const names = [...new Set(refused)].join(", ");
  return (problem) =>
    names === "" || problem.code !== "PLUGIN_UNRESOLVED"
      ? problem
      : { ...problem, message: `${problem.message} It may come from ${names}, refused above.` };
}

interface Stage<Accepted> {
  readonly accepted: readonly Accepted[];
  readonly problems: readonly PluginProblem[];
}

type Given = Composition["plugins"][number];

function identify(composition: Composition): Stage<Given> {
  const host = { runtime: composition.runtime, sdk: composition.sdk ?? HOST_SDK_VERSION };
  const taken = new Set<string>();
  const accepted: Given[] = [];
  const problems = composition.plugins.flatMap((entry, position) => {
    const found = identityProblems(entry.plugin, position, taken, host);
    if (found.length === 0) accepted.push(entry);
    if (typeof entry.plugin?.name === "string") taken.add(entry.plugin.name);
    return found;
  });
  return { accepted, problems };
}

interface Configured {
  readonly plugin: Plugin;
  readonly config: unknown;
}

async function configure(entries: readonly Given[]): Promise<Stage<Configured>> {
  const accepted: Configured[] = [];
  const problems: PluginProblem[] = [];
  for (const { plugin, with: given } of entries) {
    const verdict = await validateConfig(plugin, given);
    if (verdict.ok) accepted.push({ plugin, config: verdict.config });
    else problems.push(...verdict.problems);
  }
  return { accepted, problems };
}

function register(plugins: readonly Configured[]): Inspection {
  const all = plugins.map(({ plugin, config }) => declare(plugin, config));
  return {
    declarations: all.flatMap((declared) => declared.declarations),
    problems: all.flatMap((declared) => declared.problems),
  };
}

function hostNodes(services: readonly HostService[]): {
  readonly nodes: readonly ProviderNode[];
  readonly problems: readonly PluginProblem[];
} {
  const problems: PluginProblem[] = [];
  const nodes = services.map((offer): ProviderNode => {
    const node = { token: offer.token, name: hostServiceName(offer), owner: HOST, inject: [] };
    if (!("service" in offer)) return node;
    try {
      return { ...node, inject: injectedTokens(offer.service) };
    } catch (thrown) {
      problems.push({ code: "PLUGIN_REGISTER_FAILED", plugin: HOST, message: reasonOf(thrown) });
      return node;
    }
  });
  return { nodes, problems };
}
