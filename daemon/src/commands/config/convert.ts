// `systole convert`: heartbeat's three files become systole.yaml, or systole.yaml becomes heartbeat's three files.
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseAuthKeys } from "../../config/authkeys.js";
import { ConfigFile } from "../../config/config-file.js";
import { toHeartbeat } from "../../config/convert/to-heartbeat.js";
import { toYaml, type Converted, type WrittenFile } from "../../config/convert/to-yaml.js";
import { parseHaCf } from "../../config/ha-cf/parse.js";
import { parseHaResources } from "../../config/haresources.js";
import { selfName } from "../../config/load-config.js";
import { thisMachine, type Machine } from "../../config/machine.js";
import { hasErrors, type Problem } from "../../config/problem.js";
import { splitLines } from "../../config/source-text.js";
import { shownLine } from "../../config/shown-line.js";
import { parseSystoleYaml } from "../../config/systole-yaml/parse.js";
import { EXIT_CODES } from "../../exit-codes.js";
import { formatProblem, summary } from "../problem-report.js";
import { harmless, paint, type Terminal } from "../terminal.js";

export interface ConvertOptions {
  readonly haDir: string;
  readonly node?: string;
  readonly toHeartbeat?: boolean;
  /** A directory for the files; without it the main one goes to stdout. */
  readonly out?: string;
  readonly force?: boolean;
}

type Outcome =
  | { readonly ok: true; readonly converted: Converted }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly files: readonly ConfigFile[] };

/** Resolves to the exit code: 6 when the files have errors, 1 when something stands in the way of writing. */
export function convert(
  options: ConvertOptions,
  terminal: Terminal,
  machine: Machine = thisMachine(),
): number {
  const haDirectory = resolve(options.haDir);
  const { name } = selfName(haDirectory, options.node, machine);
  const outcome = options.toHeartbeat === true ? backwards(haDirectory, name) : forwards(haDirectory, name);
  if (!outcome.ok) {
    const sources = new Map(outcome.files.map(({ path, text }) => [path, splitLines(text).map(shownLine)]));
    for (const problem of outcome.problems) terminal.err.write(formatProblem(problem, sources, terminal.err));
    terminal.err.write(`systole: not converted, the configuration has ${summary(outcome.problems)}.\n`);
    return EXIT_CODES.notConfigured;
  }
  const { files, notes } = outcome.converted;
  const code = options.out === undefined ? show(files, terminal) : write(files, options, terminal);
  for (const note of notes)
    terminal.err.write(`${paint(terminal.err, "yellow", "note:")} ${harmless(note)}\n`);
  return code;
}

/** Reads what this directory's files say, whatever machine they are for. */
export function forwards(haDirectory: string, self: string): Outcome {
  const haCfFile = new ConfigFile(haDirectory, "ha.cf");
  const systoleYamlFile = new ConfigFile(haDirectory, "systole.yaml", true);
  const systoleYaml = parseSystoleYaml(systoleYamlFile.text, systoleYamlFile.path);
  const { transports = [], security } = systoleYaml.value.settings;
  const keysFile = new ConfigFile(haDirectory, "authkeys", security?.mode === "enforce");
  const resourcesFile = new ConfigFile(haDirectory, "haresources");
  const haCf = parseHaCf(haCfFile.text, haCfFile.path, transports.length > 0);
  const authKeys = parseAuthKeys(keysFile.text, keysFile.path);
  const groups = parseHaResources(resourcesFile.text, resourcesFile.path);
  const read: readonly (readonly [ConfigFile, readonly Problem[]])[] = [
    [haCfFile, haCf.problems],
    [keysFile, authKeys.problems],
    [resourcesFile, groups.problems],
    [systoleYamlFile, systoleYaml.problems],
  ];
  for (const [file, problems] of read) if (file.file.ok) file.add(problems);
  const problems = read.flatMap(([file]) => file.problems());
  if (hasErrors(problems)) {
    const files = read.map(([file]) => file).filter((file) => file !== keysFile);
    return { ok: false, problems: problems.filter(({ severity }) => severity === "error"), files };
  }
  return {
    ok: true,
    converted: toYaml({
      haCf: haCf.value,
      authKeys: keysFile.file.ok ? authKeys.value : { sign: undefined, keys: [] },
      groups: groups.value,
      texts: { haCf: haCfFile.text, haResources: resourcesFile.text },
      systoleYaml: systoleYamlFile.text,
      self,
    }),
  };
}

function backwards(haDirectory: string, self: string): Outcome {
  const file = new ConfigFile(haDirectory, "systole.yaml");
  const { value, problems } = parseSystoleYaml(file.text, file.path);
  if (file.file.ok) file.add(problems);
  const converted = file.check((found) =>
    toHeartbeat({ systoleYaml: value, text: file.text, haDirectory, self }, found),
  );
  if (converted === undefined || hasErrors(file.problems()))
    return { ok: false, problems: file.problems(), files: [file] };
  return { ok: true, converted };
}

function show(files: readonly WrittenFile[], { out, err }: Terminal): number {
  const [main, ...others] = files;
  out.write(main?.text ?? "");
  const names = others.map(({ name }) => name).join(", ");
  if (others.length > 0) err.write(`systole: not shown: ${names}; --out DIRECTORY writes everything\n`);
  return EXIT_CODES.ok;
}

/** Nothing is written over unless that is wanted, and nobody else can read a key while it is written. */
function write(
  files: readonly WrittenFile[],
  { out = ".", force }: ConvertOptions,
  { err, out: told }: Terminal,
): number {
  mkdirSync(out, { recursive: true });
  const mode = force === true ? "w" : "wx";
  for (const file of files) {
    const path = join(out, file.name);
    try {
      const descriptor = openSync(path, mode, file.mode);
      writeSync(descriptor, file.text);
      closeSync(descriptor);
    } catch (error) {
      const reason =
        error instanceof Error && "code" in error && error.code === "EEXIST"
          ? "it is there already; --force replaces it"
          : String(error);
      err.write(`systole: ${path} is not written: ${reason}\n`);
      return EXIT_CODES.error;
    }
    told.write(`wrote ${path}\n`);
  }
  return EXIT_CODES.ok;
}
