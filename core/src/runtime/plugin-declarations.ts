// Lets a plugin declare what it provides, and holds it to the rules: synchronous, once, and by contracts that this host knows.
import type { AnyProvider } from "../di/container.js";
import type { ProviderNode } from "../di/provider-graph.js";
import { SystoleError, type Plugin, type PluginHost, type Token } from "../ports/index.js";
import { reasonOf, type PluginProblem } from "./plugin-problem.js";

/** A provider that a plugin declared. */
export interface Declaration extends ProviderNode {
  readonly provider: AnyProvider;
}

export interface Declared {
  readonly declarations: readonly Declaration[];
  readonly problems: readonly PluginProblem[];
}

/** Calls `register` and writes down what it says. */
export function declare(plugin: Plugin, config: unknown): Declared {
  const declarations: Declaration[] = [];
  const problems: PluginProblem[] = [];
  const failed = (message: string) =>
    problems.push({ code: "PLUGIN_REGISTER_FAILED", plugin: plugin.name, message });
  let open = true;
  const host: PluginHost = {
    provide(token: Token<unknown>, name: string, provider: AnyProvider) {
      if (!open)
        throw new SystoleError(
          "PLUGIN_REGISTER_FAILED",
          `Plugin ${plugin.name} calls provide after register has returned.`,
        );
      const flaw = declarationFlaw(token, name, provider);
      if (flaw === undefined)
        declarations.push({ token, name, owner: plugin.name, inject: provider.inject, provider });
      else failed(`Plugin ${plugin.name} declares a provider wrongly: ${flaw}.`);
    },
  };
  try {
    const returned: unknown = (plugin.register as (host: PluginHost, config: unknown) => unknown)(
      host,
      config,
    );
    if (isThenable(returned)) {
      returned.then(undefined, () => undefined);
      failed(`register of ${plugin.name} returns a promise. It only declares: open things in start.`);
    }
  } catch (thrown) {
    failed(`register of ${plugin.name} failed: ${reasonOf(thrown)}`);
  }
  open = false;
  return { declarations, problems };
}

/** What is wrong with the arguments of `provide`, seen from plain JavaScript. */
function declarationFlaw(token: unknown, name: unknown, provider: unknown): string | undefined {
  if (!isToken(token)) return "the first argument is not a port's token";
  if (typeof name !== "string" || name === "")
    return `a provider of ${token.port} has no name, which is the second argument`;
  const { inject, create } = (provider ?? {}) as Partial<Record<keyof AnyProvider, unknown>>;
  if (!Array.isArray(inject) || !inject.every(isToken))
    return `inject of ${token.port} "${name}" is not a list of tokens`;
  if (typeof create !== "function") return `create of ${token.port} "${name}" is not a function`;
  return undefined;
}

function isToken(candidate: unknown): candidate is Token<unknown> {
  const token = (candidate ?? {}) as Partial<Record<keyof Token<unknown>, unknown>>;
  return typeof token.id === "symbol" && typeof token.port === "string" && typeof token.contract === "number";
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === "function";
}
