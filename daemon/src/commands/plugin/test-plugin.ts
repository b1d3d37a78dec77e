// `systole plugin test`: holds a built package against the contract of every port that it provides something of.
import { pathToFileURL } from "node:url";
import { inspectComposition } from "@systole/core";
import {
  Clock,
  ClusterAccess,
  Confirmations,
  Logger,
  MessageCodec,
  Network,
  Processes,
  Pulse,
  SelfReset,
  Store,
} from "@systole/core/ports";
import { SystoleError, type Plugin } from "@systole/sdk";
import { hasContract, runSubjects, type PluginSubjects, type SubjectReport } from "@systole/sdk/testkit";
import { EXIT_CODES } from "../../exit-codes.js";
import { importDefault, loadPlugin } from "../../plugins/load-plugins.js";
import { entryOf, readManifest } from "../../plugins/package-manifest.js";
import { isPath } from "../../plugins/locate-plugin.js";
import { harmless, paint, type Output, type Terminal } from "../terminal.js";

export interface TestPluginOptions {
  readonly json?: boolean;
}

/** The entry of a package that says what its contracts are run on. */
const CONTRACT_ENTRY = "./contract";
const IMPORT_TIMEOUT_MS = 10_000;

export interface PluginReport {
  readonly ok: boolean;
  readonly plugin: string;
  readonly package: string;
  readonly version: string;
  /** What keeps the plugin from being tested in full, as sentences. */
  readonly problems: readonly string[];
  readonly providers: readonly SubjectReport[];
}

/** Resolves to the exit code: 0 when every case passed or does not apply. Throws `PLUGIN_MISSING` for what cannot be loaded. */
export async function testPlugin(
  path: string,
  options: TestPluginOptions,
  terminal: Terminal,
): Promise<number> {
  const report = await reportOn(path);
  const { out } = terminal;
  out.write(options.json === true ? `${JSON.stringify(report, undefined, 2)}\n` : table(report, out));
  return report.ok ? EXIT_CODES.ok : EXIT_CODES.error;
}

async function reportOn(path: string): Promise<PluginReport> {
  const specifier = isPath(path) ? path : `./${path}`;
  const loaded = await loadPlugin({ use: path, from: { specifier, directory: process.cwd() } });
  if ("problem" in loaded) throw new SystoleError("PLUGIN_MISSING", loaded.problem);
  const { plugin, directory, packageName, version } = loaded;
  const subjects = await subjectsOf(directory);
  const { problems, provided } = await providersOf(plugin, subjects.config);
  const providers = await runSubjects(subjects);
  const untested = provided
    .filter(
      ({ port, name }) =>
        hasContract(port) && !providers.some((one) => one.port === port && one.name === name),
    )
    .map(
      ({ port, name }) =>
        `${port} "${name}" has no subject in ${CONTRACT_ENTRY}, so nothing is known of it; add one.`,
    );
  const surplus = providers
    .filter(({ port, name }) => !provided.some((one) => one.port === port && one.name === name))
    .map(
      ({ port, name }) =>
        `${CONTRACT_ENTRY} has a subject for ${port} "${name}", which the plugin does not provide; remove it, or provide it.`,
    );
  const found = [...problems, ...untested, ...surplus];
  const failed = providers.some(({ results }) => results.some(({ outcome }) => outcome === "failed"));
  return {
    ok: found.length === 0 && !failed,
    plugin: plugin.name,
    package: packageName,
    version,
    problems: found,
    providers,
  };
}

async function subjectsOf(directory: string): Promise<PluginSubjects> {
  const read = readManifest(directory);
  const entry = read.ok ? entryOf(directory, read.manifest, CONTRACT_ENTRY) : undefined;
  if (entry === undefined)
    throw new SystoleError(
      "PLUGIN_MISSING",
      `${directory}/package.json exports no "${CONTRACT_ENTRY}", which says what the contracts are run on; see defineSubjects of @systole/sdk/testkit.`,
    );
  const subjects = await importDefault(pathToFileURL(entry).href, IMPORT_TIMEOUT_MS);
  if (typeof (subjects as Partial<PluginSubjects> | undefined)?.subjects === "object")
    return subjects as PluginSubjects;
  throw new SystoleError("PLUGIN_MISSING", `${entry} has no default export made by defineSubjects.`);
}

interface Provided {
  readonly port: string;
  readonly name: string;
}

/** What the plugin provides when it registers with the contract's configuration. Nothing is created. */
async function providersOf(
  plugin: Plugin,
  config: unknown,
): Promise<{ readonly problems: readonly string[]; readonly provided: readonly Provided[] }> {
  const services = [
    Clock,
    ClusterAccess,
    Confirmations,
    Logger,
    MessageCodec,
    Network,
    Processes,
    Pulse,
    SelfReset,
    Store,
  ];
  const { problems, declarations } = await inspectComposition({
    runtime: "node",
    plugins: [{ plugin, with: config }],
    required: [],
    services: {},
    hostServices: services.map((token) => ({ token, value: undefined })),
  });
  return {
    problems: problems.map(({ message }) => message),
    provided: declarations.map(({ token, name }) => ({ port: token.port, name })),
  };
}

const MARKS = {
  passed: { style: "green", mark: "ok  " },
  failed: { style: "red", mark: "FAIL" },
  "not-applicable": { style: "dim", mark: "-   " },
} as const;

function table(report: PluginReport, output: Output): string {
  const lines = [paint(output, "bold", `${report.package} ${report.version}, plugin ${report.plugin}`)];
  for (const { port, name, results } of report.providers) {
    lines.push("", paint(output, "bold", `${port} ${harmless(name)}`));
    for (const { name: sentence, outcome, reason } of results) {
      const { style, mark } = MARKS[outcome];
      const why = reason === undefined ? "" : paint(output, style, ` (${harmless(reason)})`);
      lines.push(`  ${paint(output, style, mark)} ${sentence}${why}`);
    }
  }
  for (const problem of report.problems) lines.push("", paint(output, "red", harmless(problem)));
  const results = report.providers.flatMap((provider) => provider.results);
  const count = (wanted: string) => results.filter(({ outcome }) => outcome === wanted).length;
  const verdict = report.ok
    ? paint(output, "green", "keeps its contracts")
    : paint(output, "red", "does not");
  lines.push(
    "",
    `${verdict}: ${count("passed")} passed, ${count("failed")} failed, ${count("not-applicable")} not applicable`,
  );
  return `${lines.join("\n")}\n`;
}
