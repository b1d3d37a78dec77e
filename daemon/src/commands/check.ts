// `systole check`: reads everything, shows every problem at once, and says what each resource means here.
import { join } from "node:path";
import { FenceDevice } from "@systole/core/ports";
import { checkComposition } from "../compose.js";
import { loadConfig, type LoadedConfig } from "../config/load-config.js";
import type { Machine } from "../config/machine.js";
import { hasErrors, Problems, WHOLE_FILE, type Problem } from "../config/problem.js";
import { EXIT_CODES } from "../exit-codes.js";
import { formatProblem, summary } from "./problem-report.js";
import { harmless, paint, type Output, type Terminal } from "./terminal.js";

export interface CheckOptions {
  readonly haDir: string;
  readonly node?: string;
  readonly json?: boolean;
  /** Lets crc be. */
  readonly insecure?: boolean;
}

function resourceTable({ resources }: LoadedConfig, output: Output): string {
  const width = Math.max(8, ...resources.map(({ text }) => text.length));
  const rows = resources.map(({ text, resolvesTo }) => {
    const meaning = resolvesTo === null ? paint(output, "red", "nothing") : harmless(resolvesTo);
    return `${harmless(text).padEnd(width)}  ${meaning}\n`;
  });
  const head = paint(output, "bold", `${"RESOURCE".padEnd(width)}  RESOLVES TO`);
  return rows.length === 0 ? "" : `${head}\n${rows.join("")}\n`;
}

/** What the plugins say of their part of the configuration; none of them is started. */
export async function refusals(
  { model, settingsPath, fenceDevicePlace, pluginPlace }: LoadedConfig,
  haDir: string,
): Promise<readonly Problem[]> {
  if (model === undefined) return [];
  const ofSettings = new Problems(settingsPath);
  const ofSystoleYaml = new Problems(join(haDir, "systole.yaml"));
  for (const { message, wanted, plugin, path } of await checkComposition(model)) {
    const place =
      wanted?.port === FenceDevice.port
        ? fenceDevicePlace(wanted.name)
        : plugin === undefined || path === undefined
          ? undefined
          : pluginPlace(plugin, path);
    if (place === undefined) ofSettings.error(WHOLE_FILE, "plugin.refused", message);
    else ofSystoleYaml.error(place, "plugin.refused", message);
  }
  return [...ofSettings.found, ...ofSystoleYaml.found];
}

/** Resolves to the exit code: 0 also with warnings, 6 with an error. */
export async function check(options: CheckOptions, terminal: Terminal, machine?: Machine): Promise<number> {
  const loaded = loadConfig({
    haDirectory: options.haDir,
    ...(options.node !== undefined && { node: options.node }),
    ...(options.insecure === true && { insecure: true }),
    ...(machine && { machine }),
  });
  const { resources, sources } = loaded;
  const problems = [...loaded.problems, ...(await refusals(loaded, options.haDir))];
  const ok = !hasErrors(problems);
  const { out } = terminal;
  if (options.json === true) {
    const listed = problems.map(({ severity, code, file, line, column, message }) => {
      return { severity, code, file, line, column, message };
    });
    out.write(`${JSON.stringify({ ok, problems: listed, resources }, undefined, 2)}\n`);
  } else {
    for (const problem of problems) out.write(formatProblem(problem, sources, out));
    if (problems.length > 0) out.write("\n");
    out.write(resourceTable(loaded, out));
    const verdict = ok ? paint(out, "green", "good") : paint(out, "red", "not good");
    out.write(`The configuration in ${options.haDir} is ${verdict}: ${summary(problems)}.\n`);
  }
  return ok ? EXIT_CODES.ok : EXIT_CODES.notConfigured;
}
