// This machine's configuration as every node of its cluster would read it: their engines, media and frames, ready to be simulated.
import type { Blueprint, ClusterModel, PluginUse } from "@systole/core";
import { composeBlueprint } from "../../compose.js";
import { loadConfig, type LoadedConfig } from "../../config/load-config.js";
import type { Machine } from "../../config/machine.js";
import { hasErrors, Problems, WHOLE_FILE, type Problem } from "../../config/problem.js";
import { refusals } from "../check.js";

export interface ConfigurationOptions {
  readonly haDir: string;
  readonly node?: string;
  readonly insecure?: boolean;
}

export interface ConfiguredNode {
  readonly model: ClusterModel;
  readonly blueprint: Blueprint;
}

export type Configuration =
  | {
      readonly ok: true;
      readonly nodes: readonly [ConfiguredNode, ...ConfiguredNode[]];
      readonly signs: boolean;
    }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly sources: LoadedConfig["sources"] };

/** Throws a `SystoleError` when another node's plugins cannot be made although this one's can. */
export async function readConfiguration(
  options: ConfigurationOptions,
  machine: Machine | undefined,
): Promise<Configuration> {
  const load = (node: string | undefined, isElsewhere: boolean): LoadedConfig =>
    loadConfig({
      haDirectory: options.haDir,
      isElsewhere,
      ...(node !== undefined && { node }),
      ...(options.insecure === true && { insecure: true }),
      ...(machine !== undefined && { machine }),
    });
  const own = load(options.node, false);
  const { model, sources } = own;
  const problems = [...own.problems, ...(await refusals(own, options.haDir)), ...nothingToDo(own)];
  if (model === undefined || hasErrors(problems)) return { ok: false, problems, sources };
  const nodes: ConfiguredNode[] = [];
  for (const name of model.nodes) {
    const loaded = name === model.self ? own : load(name, true);
    if (loaded.model === undefined) return { ok: false, problems: loaded.problems, sources };
    nodes.push({ model: loaded.model, blueprint: await composeBlueprint(signing(loaded.model)) });
  }
  const [first, ...others] = nodes;
  if (first === undefined) return { ok: false, problems, sources };
  return { ok: true, nodes: [first, ...others], signs: model.providers.authenticator !== undefined };
}

function nothingToDo({ model, resourcesPath }: LoadedConfig): readonly Problem[] {
  if (model === undefined || model.groups.length > 0) return [];
  const problems = new Problems(resourcesPath);
  const message =
    "there is no group, and so nothing to simulate; write a line such as `NODE 192.0.2.10/24/eth0 nginx`";
  problems.error(WHOLE_FILE, "haresources.no-resource", message);
  return problems.found;
}

/** Where only sealed frames count the simulator signs: it has the secret keys of no other node. */
function signing(model: ClusterModel): ClusterModel {
  if (model.providers.authenticator !== undefined) return model;
  const keys = [{ index: 1, method: "sha1", key: "a key of the simulator alone" }];
  const use: PluginUse = { use: "auth-classic", with: { sign: 1, keys } };
  return {
    ...model,
    plugins: [...model.plugins, use],
    providers: { ...model.providers, authenticator: "classic" },
  };
}
