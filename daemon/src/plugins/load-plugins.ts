// Loads the plugins that a model names. What a package says of itself is judged before any of its code runs, and code
// that throws or never ends is a sentence about that plugin, not the end of the daemon.
import { pathToFileURL } from "node:url";
import { HOST_SDK_VERSION, isPlugin, type ClusterModel, type PluginUse } from "@systole/core";
import type { Plugin } from "@systole/core/ports";
import { locatePlugin, ownDirectory } from "./locate-plugin.js";
import { ownPackage } from "./own-plugins.js";
import { entryOf, readManifest, SDK_PACKAGE } from "./package-manifest.js";
import { rangeAllows } from "./sdk-range.js";

/** A plugin's code may run so long while it is imported. */
const IMPORT_TIMEOUT_MS = 10_000;

export interface LoadedPlugin {
  /** As the configuration names it. */
  readonly named: string;
  readonly plugin: Plugin;
  readonly packageName: string;
  readonly version: string;
  /** The range of SDKs that the package asks for; undefined for the host's own plugins. */
  readonly sdkRange: string | undefined;
  readonly directory: string;
}

export interface LoadedPlugins {
  readonly loaded: readonly LoadedPlugin[];
  /** The model, in which every plugin that could be loaded is called by its own name. */
  readonly model: ClusterModel;
  /** Why the others could not be loaded, as sentences. */
  readonly problems: readonly string[];
}

/** Resolves with what could be loaded. Never rejects for what a plugin is or does. */
export async function loadPlugins(model: ClusterModel): Promise<LoadedPlugins> {
  const results = [];
  for (const use of model.plugins) results.push({ use, result: await loadPlugin(use) });
  return {
    loaded: results.flatMap(({ result }) => ("plugin" in result ? [result] : [])),
    problems: results.flatMap(({ result }) => ("problem" in result ? [result.problem] : [])),
    model: {
      ...model,
      plugins: results.map(({ use, result }) =>
        "plugin" in result ? { ...use, use: result.plugin.name } : use,
      ),
    },
  };
}

interface Refusal {
  readonly problem: string;
}

/** One plugin, or a sentence that names it and says what to do. */
export async function loadPlugin(
  { use, from }: PluginUse,
  importTimeoutMs = IMPORT_TIMEOUT_MS,
): Promise<LoadedPlugin | Refusal> {
  const own = ownPackage(from?.specifier ?? use);
  const isOwn = from === undefined || own !== undefined;
  const origin = isOwn ? { specifier: own ?? `@systole/${use}`, directory: ownDirectory() } : from;
  const refuse = (reason: string): Refusal => ({
    problem: `The plugin ${use} cannot be loaded: ${reason}.`,
  });
  const located = locatePlugin(origin);
  if (!located.ok) return refuse(located.reason);
  const { directory } = located;
  const read = readManifest(directory);
  if (!read.ok) return refuse(read.reason);
  const { manifest } = read;
  const misfit = isOwn ? undefined : sdkMisfit(manifest.sdkRange);
  if (misfit !== undefined) return refuse(`${manifest.name} ${manifest.version} ${misfit}`);
  const entry = entryOf(directory, manifest, ".");
  if (entry === undefined) return refuse(`${directory}/package.json exports nothing as "."`);
  try {
    // By its name, a plugin of the house comes from where this program's own packages are.
    const url = isOwn ? origin.specifier : pathToFileURL(entry).href;
    const plugin = await importDefault(url, importTimeoutMs);
    if (!isPlugin(plugin))
      return refuse(`the default export of ${manifest.name} was not made by definePlugin of ${SDK_PACKAGE}`);
    const { name: packageName, version, sdkRange } = manifest;
    return { named: use, plugin, packageName, version, sdkRange: isOwn ? undefined : sdkRange, directory };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return refuse(`${manifest.name} ${manifest.version} fails while it is imported: ${reason}`);
  }
}

/** What is wrong with the SDKs that a package asks for; undefined when this host's is among them. */
function sdkMisfit(range: string | undefined): string | undefined {
  if (range === undefined)
    return `does not say which SDK it was built for; its author writes \`"${SDK_PACKAGE}": "^${HOST_SDK_VERSION}"\` under peerDependencies`;
  const fits = rangeAllows(range, HOST_SDK_VERSION);
  if (fits === undefined)
    return `asks for ${SDK_PACKAGE} "${range}", which is no range of versions; its author writes one such as "^${HOST_SDK_VERSION}"`;
  if (fits) return undefined;
  return `was built for SDK ${range}, and this host speaks SDK ${HOST_SDK_VERSION}; install a version of the plugin for ${HOST_SDK_VERSION}, or a Systole for ${range}`;
}

/** The default export. Rejects when the module throws, or is not there in time. */
export async function importDefault(url: string, timeoutMs: number): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it takes longer than ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    const module = await Promise.race([import(/* @vite-ignore */ url) as Promise<unknown>, late]);
    return (module as { readonly default?: unknown }).default;
  } finally {
    clearTimeout(timer);
  }
}
