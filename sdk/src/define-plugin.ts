// The one function that makes a plugin: it stamps the definition with the SDK's version and changes nothing else.
import type { Plugin, PluginDefinition, StandardSchema } from "@systole/core/ports";

/** Version of this SDK; the host compares it before any code of the plugin runs. */
export const SDK_VERSION = "0.1.0";

/** Declares a plugin. The default export of a plugin's package is the result of this call. */
export function definePlugin<Schema extends StandardSchema | undefined = undefined>(
  definition: PluginDefinition<Schema>,
): Plugin {
  return Object.freeze({ kind: "systole.plugin", sdk: SDK_VERSION, ...definition }) as Plugin;
}
