// `systole plugin list`: what the configuration loads, from where, built against which SDK, and what it provides.
import { inspectComposition, type ClusterModel } from "@systole/core";
import { EXIT_CODES } from "../../exit-codes.js";
import { loadConfig } from "../../config/load-config.js";
import { loadPlugins, type LoadedPlugin } from "../../plugins/load-plugins.js";
import { formatProblem, summary } from "../problem-report.js";
import { harmless, paint, type Terminal } from "../terminal.js";

export interface ListPluginsOptions {
  readonly haDir: string;
  readonly node?: string;
  readonly json?: boolean;
}

interface ListedPlugin {
  readonly name: string;
  readonly version: string;
  readonly sdk: string;
  readonly runtimes: readonly string[];
  /** As `transport:ucast:eth0:192.0.2.1`. */
  readonly provides: readonly string[];
  readonly from: string;
}

/** Resolves to the exit code: 6 when the configuration has errors or a plugin cannot be loaded. */
export async function listPlugins(options: ListPluginsOptions, terminal: Terminal): Promise<number> {
  const { model, problems, sources } = loadConfig({
    haDirectory: options.haDir,
    ...(options.node !== undefined && { node: options.node }),
  });
  if (model === undefined) {
    for (const problem of problems) terminal.err.write(formatProblem(problem, sources, terminal.err));
    terminal.err.write(`systole: the configuration has ${summary(problems)}.\n`);
    return EXIT_CODES.notConfigured;
  }
  const { loaded, problems: refused, model: named } = await loadPlugins(model);
  const listed = await describe(loaded, named);
  const { out } = terminal;
  if (options.json === true) {
    out.write(`${JSON.stringify({ plugins: listed, problems: refused }, undefined, 2)}\n`);
  } else {
    out.write(table(listed, (text) => paint(out, "bold", text)));
    for (const problem of refused) terminal.err.write(`${paint(terminal.err, "red", harmless(problem))}\n`);
  }
  return refused.length === 0 ? EXIT_CODES.ok : EXIT_CODES.notConfigured;
}

async function describe(
  loaded: readonly LoadedPlugin[],
  model: ClusterModel,
): Promise<readonly ListedPlugin[]> {
  const configOf = (name: string) => model.plugins.find(({ use }) => use === name)?.with;
  const { declarations } = await inspectComposition({
    runtime: "node",
    plugins: loaded.map(({ plugin }) => ({ plugin, with: configOf(plugin.name) })),
    required: [],
    services: {},
    hostServices: [],
  });
  return loaded.map(({ plugin, version, directory }) => ({
    name: plugin.name,
    version,
    sdk: plugin.sdk,
    runtimes: plugin.runtimes,
    provides: declarations
      .filter(({ owner }) => owner === plugin.name)
      .map(({ token, name }) => `${token.port}:${name}`),
    from: directory,
  }));
}

const HEAD = ["PLUGIN", "VERSION", "SDK", "RUNTIMES", "PROVIDES", "FROM"];

function table(listed: readonly ListedPlugin[], bold: (text: string) => string): string {
  const rows = listed.map(({ name, version, sdk, runtimes, provides, from }) =>
    [name, version, sdk, runtimes.join(","), provides.join(" "), from].map((cell) => harmless(cell)),
  );
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return `${[bold(line(HEAD)), ...rows.map(line)].join("\n")}\n`;
}
