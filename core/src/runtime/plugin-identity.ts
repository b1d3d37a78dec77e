// The first look at a plugin, before any of its code runs: is it one, is its name free, can this host run it.
import type { Plugin, RuntimeName } from "../ports/index.js";
import type { PluginProblem } from "./plugin-problem.js";
import { sdkFits } from "./version-rule.js";

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** True for what `definePlugin` returned, of whichever copy of the SDK. */
export function isPlugin(candidate: unknown): candidate is Plugin {
  if (typeof candidate !== "object" || candidate === null) return false;
  const plugin = candidate as Partial<Record<keyof Plugin, unknown>>;
  return (
    plugin.kind === "systole.plugin" &&
    typeof plugin.sdk === "string" &&
    typeof plugin.name === "string" &&
    Array.isArray(plugin.runtimes) &&
    typeof plugin.register === "function"
  );
}

export interface HostIdentity {
  readonly runtime: RuntimeName;
  readonly sdk: string;
}

/** Problems of one plugin; `taken` holds the names of those before it. */
export function identityProblems(
  candidate: unknown,
  position: number,
  taken: ReadonlySet<string>,
  host: HostIdentity,
): readonly PluginProblem[] {
  if (!isPlugin(candidate)) return [strangerProblem(candidate, position)];
  const { name, sdk, runtimes } = candidate;
  const problems: PluginProblem[] = [];
  const add = (code: PluginProblem["code"], message: string) =>
    problems.push({ code, plugin: name, message });
  if (!NAME.test(name))
    add(
      "PLUGIN_REGISTER_FAILED",
      `A plugin is called "${name}"; a name is lower-case words joined by "-", e.g. transport-udp.`,
    );
  if (taken.has(name))
    add(
      "PLUGIN_DUPLICATE",
      `Plugin ${name} is named twice. Name it once, with one configuration; or rename one of the two.`,
    );
  if (!runtimes.includes(host.runtime))
    add(
      "PLUGIN_RUNTIME_UNSUPPORTED",
      `Plugin ${name} runs on ${runtimes.join(", ") || "nothing"}, and this host is ${host.runtime}. Use another plugin here.`,
    );
  if (!sdkFits(sdk, host.sdk))
    add(
      "PLUGIN_CONTRACT_MISMATCH",
      `Plugin ${name} was built with SDK ${sdk}, and this host speaks SDK ${host.sdk}. Install a version of the plugin built for ${host.sdk}, or a host for ${sdk}.`,
    );
  return problems;
}

function strangerProblem(candidate: unknown, position: number): PluginProblem {
  const named = (candidate as { readonly name?: unknown } | null | undefined)?.name;
  const plugin = typeof named === "string" ? named : `#${position + 1}`;
  return {
    code: "PLUGIN_MISSING",
    plugin,
    message: `Plugin ${plugin} is not a plugin: its default export was not made by definePlugin of @systole/sdk.`,
  };
}
