// What a plugin throws where nobody can catch it, such as in a timer of its own, is that plugin's failure: it is named
// and counted, and the daemon lives. What Systole's own code throws there ends the daemon, as does a plugin that goes on.
import { dirname, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Logger } from "@systole/core/ports";
import { locatePlugin, ownDirectory } from "./locate-plugin.js";
import type { LoadedPlugin } from "./load-plugins.js";

export const GUARD_LIMITS = {
  /** Failures of all plugins together that are survived within the window. */
  failures: 10,
  windowMs: 60_000,
} as const;

/** Own packages: what is thrown there is nobody else's fault. */
const OWN_PACKAGES = ["@systole/core", "@systole/sdk"];

export class PluginGuard {
  private plugins: readonly LoadedPlugin[] = [];
  private readonly own: readonly string[];
  private failedAtMs: readonly number[] = [];

  constructor(
    private readonly log: Logger,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    const here = ownDirectory();
    const packages = OWN_PACKAGES.flatMap((specifier) => {
      const located = locatePlugin({ specifier, directory: here });
      return located.ok ? [located.directory] : [];
    });
    this.own = [dirname(dirname(here)), ...packages];
  }

  /** From now on these are the ones that can be blamed. */
  watch(plugins: readonly LoadedPlugin[]): void {
    this.plugins = plugins;
  }

  /** True when a plugin threw it and the daemon goes on; false when the daemon must end. */
  survives(thrown: unknown): boolean {
    const plugin = this.blamed(thrown);
    if (plugin === undefined) return false;
    const nowMs = this.nowMs();
    this.failedAtMs = [...this.failedAtMs.filter((atMs) => nowMs - atMs < GUARD_LIMITS.windowMs), nowMs];
    const failures = this.failedAtMs.length;
    const { name } = plugin.plugin;
    const { packageName, version } = plugin;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const stack = thrown instanceof Error ? thrown.stack : undefined;
    this.log.error("plugin.failed", { plugin: name, packageName, version, reason, failures, stack });
    return failures <= GUARD_LIMITS.failures;
  }

  /** The plugin in whose files the thing was thrown: the first frame that is anybody's decides. */
  private blamed(thrown: unknown): LoadedPlugin | undefined {
    for (const path of pathsOf(thrown)) {
      const owner = this.plugins.find(({ directory }) => isBelow(path, directory));
      if (owner !== undefined) return owner;
      if (this.own.some((directory) => isBelow(path, directory))) return undefined;
    }
    return undefined;
  }
}

/** Files of the stack, the innermost first. */
function pathsOf(thrown: unknown): readonly string[] {
  const stack = thrown instanceof Error ? (thrown.stack ?? "") : "";
  return stack.split("\n").flatMap((line) => {
    const [, url, path] = /(?:(file:\/\/\/[^)]+)|(\/[^():]+)):\d+:\d+\)?$/.exec(line) ?? [];
    if (url !== undefined) return [fileURLToPath(url)];
    return path === undefined ? [] : [path];
  });
}

function isBelow(path: string, directory: string): boolean {
  return path.startsWith(`${directory}${sep}`);
}
