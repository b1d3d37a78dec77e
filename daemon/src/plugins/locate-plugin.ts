// Where the package of a plugin is: only where the configuration or the host points to, never by scanning.
import { existsSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { PluginOrigin } from "@systole/core";

/** Where the system's plugins are when `$SYSTOLE_PLUGINS` does not say otherwise. */
export const DEFAULT_PLUGIN_DIRECTORY = "/usr/lib/systole/plugins";

const PACKAGE_NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

export type Located =
  | { readonly ok: true; readonly directory: string }
  | { readonly ok: false; readonly reason: string };

/** True for what is written as a path. */
export function isPath(specifier: string): boolean {
  return isAbsolute(specifier) || /^\.\.?(\/|$)/.test(specifier);
}

/** The package's directory, with symbolic links followed, as Node knows the files in it. */
export function locatePlugin({ specifier, directory }: PluginOrigin): Located {
  if (isPath(specifier)) return at(resolve(directory, specifier));
  if (!PACKAGE_NAME.test(specifier))
    return {
      ok: false,
      reason: `"${specifier}" is neither a package's name, such as @acme/systole-agent-queue, nor a path, such as ./queue`,
    };
  const roots = [directory, process.env["SYSTOLE_PLUGINS"] ?? DEFAULT_PLUGIN_DIRECTORY, ownDirectory()];
  const found = roots
    .flatMap((root) => upwards(root))
    .map((parent) => join(parent, "node_modules", specifier))
    .find((candidate) => existsSync(join(candidate, "package.json")));
  if (found !== undefined) return at(found);
  return {
    ok: false,
    reason: `it is in no node_modules of ${roots.join(", nor of ")}; run \`npm install ${specifier}\` in one of them`,
  };
}

function at(path: string): Located {
  try {
    return { ok: true, directory: realpathSync(path) };
  } catch {
    return { ok: false, reason: `there is no directory ${path}` };
  }
}

function upwards(directory: string): readonly string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [directory, ...upwards(parent)];
}

/** Where this very program is: its own plugins are installed beside it. */
export function ownDirectory(): string {
  return dirname(fileURLToPath(import.meta.url));
}
