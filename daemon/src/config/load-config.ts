// The front end of the daemon: a directory with heartbeat's three files and systole.yaml in, the model and all problems out.
import { join, resolve } from "node:path";
import type { ClusterModel } from "@systole/core";
import type { MembershipTimings } from "@systole/core/ports";
import { addressSafety, type AddressSafety, type LeaseFiles } from "./address-lease.js";
import { checkAuthKeysMode, parseAuthKeys, type AuthKeys } from "./authkeys.js";
import { buildModel } from "./build-model.js";
import {
  checkAutoJoin,
  checkHaCf,
  checkResources,
  checkSelf,
  type CheckedResources,
  type ResolvedResource,
  type SelfName,
} from "./cross-check.js";
import type { HaCf } from "./ha-cf/ha-cf.js";
import { parseHaCf } from "./ha-cf/parse.js";
import { checkStonith, stonithPlugin } from "./ha-cf/stonith.js";
import { membershipTimings } from "./ha-cf/timings.js";
import { parseHaResources, type HaResourcesLine } from "./haresources.js";
import { thisMachine, type Machine } from "./machine.js";
import { hasErrors, Problems, WHOLE_FILE, type Problem } from "./problem.js";
import { readConfigFile, type FileText } from "./read-file.js";
import type { ResourceLookup } from "./resolve-resource.js";
import {
  checkCrc,
  checkReaders,
  checkSealing,
  sealingChoice,
  securityChoice,
  type SecurityChoice,
} from "./security.js";
import { shownLine } from "./shown-line.js";
import { splitLines } from "./source-text.js";
import { placesOf, type PluginPlaces } from "./systole-yaml/places.js";
import { agentsOfPlugins, applySystoleYaml } from "./systole-yaml/apply.js";
import { checkSystoleYaml } from "./systole-yaml/cross-check.js";
import { checkFencing, type FencingSurroundings } from "./systole-yaml/fencing-check.js";
import { NO_SETTINGS, parseSystoleYaml, type SystoleSettings } from "./systole-yaml/parse.js";

export interface LoadOptions {
  /** `/etc/ha.d`. */
  readonly haDirectory: string;
  /** This node's name, when it is not what `nodeinfo` or `uname -n` says. */
  readonly node?: string;
  /** crc may sign: somebody has said so on the command line. */
  readonly insecure?: boolean;
  /** The node is another machine, whose own secret key is not here. */
  readonly isElsewhere?: boolean;
  readonly machine?: Machine;
}

/** Where the daemon shall log, beside stderr. */
export interface LoggingChoice {
  readonly logFile: string | undefined;
  readonly debugFile: string | undefined;
  readonly logFacility: string | undefined;
  readonly debugLevel: number;
}

export interface LoadedConfig extends PluginPlaces {
  /** Undefined when there is an error among the problems. */
  readonly model: ClusterModel | undefined;
  readonly logging: LoggingChoice;
  /** By file (ha.cf, authkeys, haresources, systole.yaml), then by place. */
  readonly problems: readonly Problem[];
  readonly resources: readonly ResolvedResource[];
  /** How this node may speak on the network, and who may look at it. */
  readonly security: SecurityChoice;
  /** Lines by file, to show where a problem is. Never those of authkeys. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
}

const FILE_ADVICE = {
  "ha.cf": "copy it from the other node and adapt its `ucast` line, or name the directory with --ha-dir",
  authkeys:
    "copy it from the other node, or write `auth 1` and `1 sha1 A-LONG-RANDOM-KEY`, and run `chmod 600` on it",
  "systole.yaml": "make it a readable file, or delete it: it may be absent",
  haresources: "copy it from the other node, or write a line such as `NODE 192.0.2.10/24/eth0 nginx`",
} as const;

/** This node's name, and who said so. */
export function selfName(haDirectory: string, option: string | undefined, machine: Machine): SelfName {
  if (option !== undefined) return { name: option.toLowerCase(), source: "option" };
  const nodeInfo = readConfigFile(join(haDirectory, "nodeinfo"));
  const firstLine = nodeInfo.ok ? splitLines(nodeInfo.text)[0]?.trim() : undefined;
  if (firstLine) return { name: firstLine.toLowerCase(), source: "nodeinfo" };
  return { name: machine.hostname().toLowerCase(), source: "hostname" };
}

type FileName = keyof typeof FILE_ADVICE;

/** One of the files: its path, its text ("" when it cannot be read), and its problems. */
class ConfigFile {
  readonly path: string;
  readonly text: string;
  readonly file: FileText;
  private readonly found: Problem[] = [];

  constructor(directory: string, name: FileName, isOptional = false) {
    this.path = join(directory, name);
    this.file = readConfigFile(this.path);
    this.text = this.file.ok ? this.file.text : "";
    if (this.file.ok || (this.file.missing && isOptional)) return;
    const problems = new Problems(this.path);
    const code = this.file.missing ? "file.missing" : "file.unreadable";
    problems.error(WHOLE_FILE, code, `${name} cannot be read: ${this.file.reason}; ${FILE_ADVICE[name]}`);
    this.add(problems.found);
  }

  add(problems: readonly Problem[]): void {
    this.found.push(...problems);
  }

  /** Runs a check that reports into this file; skipped when there is nothing to check. */
  check<Value>(run: (problems: Problems) => Value): Value | undefined {
    if (!this.file.ok) return undefined;
    const problems = new Problems(this.path);
    const value = run(problems);
    this.add(problems.found);
    return value;
  }

  problems(): Problem[] {
    return this.found.toSorted((one, other) => one.line - other.line || one.column - other.column);
  }
}

function loadHaCf(
  file: ConfigFile,
  machine: Machine,
  self: SelfName,
  { transports = [], quorum }: SystoleSettings["settings"],
): HaCf {
  const hasOtherMedia = transports.length > 0;
  const { value, problems } = parseHaCf(file.text, file.path, hasOtherMedia);
  if (file.file.ok) file.add(problems);
  file.check((found) => {
    checkHaCf(value, machine, found);
    checkSelf(self, value, found);
    checkStonith(self.name, value, quorum, found);
  });
  return value;
}

function loadAuthKeys(file: ConfigFile, allowsCrc: boolean): AuthKeys {
  if (file.file.ok) file.add(checkAuthKeysMode(file.file.mode, file.path).problems);
  const { value, problems } = parseAuthKeys(file.text, file.path);
  if (file.file.ok) file.add(problems);
  file.check((found) => {
    checkCrc(value, allowsCrc, found);
    const isAscii = value.keys.every(({ key }) => key === undefined || /^[ -~]*$/.test(key));
    if (isAscii || (file.file.ok && file.file.utf8)) return;
    const message =
      "a key has letters beyond ASCII and the file is not UTF-8; save it as UTF-8, on all nodes";
    found.error(WHOLE_FILE, "authkeys.encoding", message);
  });
  return value;
}

/** What is wrong with it may stand in either file. */
function safetyOf(
  haCfFile: ConfigFile,
  systoleYamlFile: ConfigFile,
  timings: MembershipTimings | undefined,
  files: LeaseFiles,
): AddressSafety {
  const none = { leaseMs: undefined, guardMs: undefined, probe: true };
  if (timings === undefined) return none;
  const inSystoleYaml = new Problems(systoleYamlFile.path);
  const safety = haCfFile.check((inHaCf) => addressSafety(files, timings, inHaCf, inSystoleYaml));
  systoleYamlFile.add(inSystoleYaml.found);
  return safety ?? none;
}

interface LoadedResources extends CheckedResources {
  readonly groups: readonly HaResourcesLine[];
}

function loadResources(
  file: ConfigFile,
  haCf: HaCf,
  machine: Machine,
  lookup: ResourceLookup,
  pluginAgents: ReadonlyMap<string, string>,
): LoadedResources {
  const { value, problems } = parseHaResources(file.text, file.path);
  if (file.file.ok) file.add(problems);
  const checked = file.check((found) => checkResources(value, haCf, machine, lookup, pluginAgents, found));
  return { groups: value, ...(checked ?? { resolutions: new Map(), table: [] }) };
}

function loadSystoleYaml(file: ConfigFile): SystoleSettings {
  if (!file.file.ok) return NO_SETTINGS;
  const { value, problems } = parseSystoleYaml(file.text, file.path);
  file.add(problems);
  return value;
}

function lookupOn(machine: Machine, haDirectory: string): ResourceLookup {
  return {
    resourceDirectory: join(haDirectory, "resource.d"),
    initDirectory: machine.initDirectory,
    ocfDirectory: machine.ocfDirectory,
    unitDirectories: machine.unitDirectories,
    isExecutableFile: (path) => machine.isExecutableFile(path),
    namesIn: (directory) => machine.namesIn(directory),
  };
}

function sourcesOf(files: readonly ConfigFile[]): LoadedConfig["sources"] {
  return new Map(files.map(({ path, text }) => [path, splitLines(text).map(shownLine)]));
}

function problemsIn(files: readonly ConfigFile[]): readonly Problem[] {
  return files.flatMap((file) => file.problems());
}

function loggingOf({ logFile, debugFile, logFacility, debugLevel }: HaCf): LoggingChoice {
  return { logFile, debugFile, logFacility, debugLevel };
}

function fencingSurroundings(self: string, haCf: HaCf, machine: Machine): FencingSurroundings {
  return {
    nodes: haCf.nodes.map(({ value }) => value),
    stonith: stonithPlugin(self, haCf) !== undefined,
    pingNodes: haCf.pings.length,
    isExecutableFile: (path) => machine.isExecutableFile(path),
  };
}

/** Reads everything and reports all problems at once. Never throws for what the files say or lack. */
export function loadConfig(options: LoadOptions): LoadedConfig {
  const haDirectory = resolve(options.haDirectory);
  const machine = options.machine ?? thisMachine();
  const self = selfName(haDirectory, options.node, machine);
  const lookup = lookupOn(machine, haDirectory);

  const haCfFile = new ConfigFile(haDirectory, "ha.cf");
  const haResourcesFile = new ConfigFile(haDirectory, "haresources");
  const systoleYamlFile = new ConfigFile(haDirectory, "systole.yaml", true);
  const systoleYaml = loadSystoleYaml(systoleYamlFile);
  const hasOtherMedia = (systoleYaml.settings.transports ?? []).length > 0;
  const haCf = loadHaCf(haCfFile, machine, self, systoleYaml.settings);
  const timings = haCfFile.check((found) => membershipTimings(haCf, found));
  const security = securityChoice({
    saidInsecure: options.insecure === true,
    settings: systoleYaml,
    hasSystoleYaml: systoleYamlFile.file.ok,
    hasNetwork: haCf.media.length + haCf.brokers.length > 0 || hasOtherMedia,
    machine,
  });
  const sealing = sealingChoice(systoleYaml, haDirectory, machine);
  const isSealedOnly = sealing.mode === "enforce";
  const authKeysFile = new ConfigFile(haDirectory, "authkeys", isSealedOnly);
  const authKeys = loadAuthKeys(authKeysFile, security.allowsCrc || isSealedOnly);
  const pluginAgents = agentsOfPlugins(systoleYaml.settings);
  const { groups, resolutions, table } = loadResources(haResourcesFile, haCf, machine, lookup, pluginAgents);

  systoleYamlFile.check((found) => {
    checkSystoleYaml(systoleYaml, groups, haCf.pings.length, found);
    checkFencing(systoleYaml, fencingSurroundings(self.name, haCf, machine), found);
    if (options.isElsewhere !== true) checkSealing(sealing, self.name, haCf, systoleYaml.place, found);
    checkReaders(systoleYaml, machine, found);
  });
  haCfFile.check((found) => checkAutoJoin(haCf, groups.length, found));
  const addresses = safetyOf(haCfFile, systoleYamlFile, timings, { haCf, systoleYaml, resolutions });

  const problems = problemsIn([haCfFile, authKeysFile, haResourcesFile, systoleYamlFile]);
  const parts = { self: self.name, haCf, authKeys, groups, resolutions, lookup, addresses };
  const model =
    timings === undefined || hasErrors(problems)
      ? undefined
      : applySystoleYaml(buildModel({ ...parts, timings }), systoleYaml.settings, {
          directory: haDirectory,
          sealing,
          clusterName: haCf.clusterName?.value,
        });
  return {
    model,
    logging: loggingOf(haCf),
    problems,
    resources: table,
    ...placesOf(systoleYaml),
    security,
    sources: sourcesOf([haCfFile, haResourcesFile, systoleYamlFile]),
  };
}
