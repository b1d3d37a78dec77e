// The files of a new plugin: templates with the plugin's own words in place of `template-name` and the like.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { HOST_SDK_VERSION } from "@systole/core";
import type { PluginKind } from "./plugin-kinds.js";

export interface NewFile {
  /** Below the plugin's directory. */
  readonly path: string;
  readonly text: string;
}

const TEMPLATES = new URL("../../../templates/", import.meta.url);

/** Every file of a plugin of that kind. `name` is lower-case words joined by "-". */
export function fillTemplate(kind: PluginKind, name: string): readonly NewFile[] {
  const fill = (text: string) => filled(text, kind, name);
  const sources = filesOf(kind.port).map(({ path, text }) => ({
    path: `src/${fill(path)}`,
    text: fill(text),
  }));
  const around = filesOf("package").map(({ path, text }) => ({
    path: path.endsWith(".ts") ? `src/${path}` : path.replace(".template", ""),
    text: fill(text),
  }));
  return [...around, ...sources];
}

export function packageName(kind: PluginKind, name: string): string {
  return `systole-${kind.prefix}-${name}`;
}

function filesOf(template: string): readonly NewFile[] {
  const directory = fileURLToPath(new URL(template, TEMPLATES));
  return readdirSync(directory).map((path) => ({ path, text: readFileSync(`${directory}/${path}`, "utf8") }));
}

/** `queue-depth` as `QueueDepth`. */
function pascal(name: string): string {
  return name.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function filled(text: string, kind: PluginKind, name: string): string {
  return text
    .replaceAll("template-package", packageName(kind, name))
    .replaceAll("template-kind", kind.port)
    .replaceAll("template-sdk", HOST_SDK_VERSION)
    .replaceAll("template-use\n", kind.use(name))
    .replaceAll("template-name", name)
    .replaceAll("TemplateName", pascal(name));
}
