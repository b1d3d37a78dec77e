// A plugin's part of the configuration, judged by the plugin's own schema before the plugin sees it.
import type { Plugin, StandardIssue } from "../ports/index.js";
import { reasonOf, type PluginProblem } from "./plugin-problem.js";

export type ConfigVerdict =
  | { readonly ok: true; readonly config: unknown }
  | { readonly ok: false; readonly problems: readonly PluginProblem[] };

/** Runs the schema, which may take its time. What it throws is a finding like any other. */
export async function validateConfig(plugin: Plugin, given: unknown): Promise<ConfigVerdict> {
  const refuse = (reasons: readonly string[]): ConfigVerdict => ({
    ok: false,
    problems: reasons.map((reason) => ({
      code: "PLUGIN_CONFIG_INVALID",
      plugin: plugin.name,
      message: `Configuration of ${plugin.name}: ${reason}`,
    })),
  });
  if (plugin.config === undefined)
    return given === undefined
      ? { ok: true, config: undefined }
      : refuse(["the plugin takes none; remove it."]);
  try {
    const result = await plugin.config["~standard"].validate(given);
    return result.issues === undefined
      ? { ok: true, config: result.value }
      : refuse(result.issues.map(issueSentence));
  } catch (thrown) {
    return refuse([`its schema failed: ${reasonOf(thrown)}`]);
  }
}

function issueSentence(issue: StandardIssue): string {
  const path = (issue.path ?? []).map((step) => String(typeof step === "object" ? step.key : step)).join(".");
  return path === "" ? issue.message : `${path}: ${issue.message}`;
}
