// Who needs whom, as plain data: the same rules judge a configuration that is only checked and one that is started.
import type { Token } from "../ports/index.js";

/** One offer of a port: where it comes from, and what it wants to be given. */
export interface ProviderNode {
  readonly token: Token<unknown>;
  readonly name: string;
  /** Plugin that offers it, or `host`. */
  readonly owner: string;
  readonly inject: readonly Token<unknown>[];
}

/** Which provider an injected port means when several are offered: a name by port name. */
export type ServiceChoices = Readonly<Record<string, string>>;

export interface GraphProblem {
  readonly code: "PLUGIN_CYCLE" | "PLUGIN_UNRESOLVED";
  readonly owner: string;
  readonly message: string;
}

export type Choice<Node> =
  | { readonly ok: true; readonly node: Node }
  | { readonly ok: false; readonly reason: string };

/** The one provider that an injection of `token` means: the chosen one, else the only one. */
export function chooseProvider<Node extends ProviderNode>(
  token: Token<unknown>,
  nodes: readonly Node[],
  services: ServiceChoices,
): Choice<Node> {
  const offers = nodes.filter((node) => node.token.id === token.id);
  const wanted = token.provider ?? (Object.hasOwn(services, token.port) ? services[token.port] : undefined);
  const chosen = wanted === undefined ? undefined : offers.find((node) => node.name === wanted);
  if (chosen !== undefined) return { ok: true, node: chosen };
  if (wanted !== undefined)
    return {
      ok: false,
      reason: `no ${token.port} is named "${wanted}", as the configuration ${token.provider === undefined ? "chooses" : "says"}; ${choices(offers)}`,
    };
  const [only, ...others] = offers;
  if (only === undefined)
    return { ok: false, reason: `nobody provides ${token.port}; add a plugin that does` };
  if (others.length === 0) return { ok: true, node: only };
  return {
    ok: false,
    reason: `several plugins provide ${token.port}; ${choices(offers)}: choose one of them`,
  };
}

/** What is on offer, as the end of a sentence. */
export function choices(offers: readonly ProviderNode[]): string {
  if (offers.length === 0) return "none is offered";
  return `on offer: ${offers.map((node) => `"${node.name}" (${node.owner})`).join(", ")}`;
}

export function providerLabel(node: ProviderNode): string {
  return `${node.token.port}:${node.name}`;
}

/** Every injection that cannot be satisfied, and every circle. */
export function graphProblems(
  nodes: readonly ProviderNode[],
  services: ServiceChoices,
): readonly GraphProblem[] {
  const problems: GraphProblem[] = [];
  const edges = new Map<ProviderNode, readonly ProviderNode[]>();
  for (const node of nodes) {
    const targets: ProviderNode[] = [];
    for (const token of node.inject) {
      const choice = chooseProvider(token, nodes, services);
      if (choice.ok) targets.push(choice.node);
      else
        problems.push({
          code: "PLUGIN_UNRESOLVED",
          owner: node.owner,
          message: `${providerLabel(node)} of ${node.owner} wants ${token.port}, but ${choice.reason}.`,
        });
    }
    edges.set(node, targets);
  }
  for (const cycle of findCycles(edges)) {
    const path = [...cycle, cycle[0]].flatMap((node) => (node ? [providerLabel(node)] : [])).join(" → ");
    problems.push({
      code: "PLUGIN_CYCLE",
      owner: cycle[0]?.owner ?? "host",
      message: `Providers need each other in a circle: ${path}. One of them has to do without.`,
    });
  }
  return problems;
}

/** One circle for every edge that leads back to where the search came from. */
function findCycles<Node>(edges: ReadonlyMap<Node, readonly Node[]>): readonly (readonly Node[])[] {
  const cycles: Node[][] = [];
  const done = new Set<Node>();
  const path: Node[] = [];
  const visit = (node: Node): void => {
    if (done.has(node)) return;
    const seenAt = path.indexOf(node);
    if (seenAt !== -1) {
      cycles.push(path.slice(seenAt));
      return;
    }
    path.push(node);
    for (const target of edges.get(node) ?? []) visit(target);
    path.pop();
    done.add(node);
  };
  for (const node of edges.keys()) visit(node);
  return cycles;
}
