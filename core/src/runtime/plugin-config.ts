// A plugin's part of the configuration, judged by the plugin's own schema before the plugin sees it.
import type { Plugin, StandardIssue } from "../ports/index.js";
import { reasonOf, type PluginProblem } from "./plugin-problem.js";

export type ConfigVerdict =
  | { readonly ok: true; readonly config: unknown }
  | { readonly ok: false; readonly problems: readonly PluginProblem[] };

/** Runs the schema, which may take its time. What it throws is a finding like any other. */
export async function validateConfig(plugin: Plugin, given: unknown): Promise<ConfigVerdict> {
  const refuse = (reasons: readonly Reason[]): ConfigVerdict => ({
    ok: false,
    problems: reasons.map(({ sentence, path }) => ({
      code: "PLUGIN_CONFIG_INVALID",
      plugin: plugin.name,
      message: `Configuration of ${plugin.name}: ${sentence}`,
      path,
    })),
  });
  if (plugin.config === undefined)
    return given === undefined
      ? { ok: true, config: undefined }
      : refuse([{ sentence: "the plugin takes none; remove it.", path: [] }]);
  try {
    const result = await plugin.config["~standard"].validate(given);
    return result.issues === undefined
      ? { ok: true, config: result.value }
      : refuse(result.issues.map(reasonOfIssue));
  } catch (thrown) {
    return refuse([{ sentence: `its schema failed: ${reasonOf(thrown)}`, path: [] }]);
  }
}

interface Reason {
  readonly sentence: string;
  readonly path: readonly PropertyKey[];
}

function reasonOfIssue(issue: StandardIssue): Reason {
  const path = (issue.path ?? []).map((step) => (typeof step === "object" ? step.key : step));
  const where = path.map(String).join(".");
  return { sentence: where === "" ? issue.message : `${where}: ${issue.message}`, path };
}
