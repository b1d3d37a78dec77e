// The front end of the daemon: a directory with heartbeat's three files, or systole.yaml, or both in, the model and all problems out.
import { basename, join, resolve } from "node:path";
import type { ClusterModel } from "@systole/core";
import type { MembershipTimings } from "@systole/core/ports";
import { addressSafety, type AddressSafety, type LeaseFiles } from "./address-lease.js";
import { buildModel } from "./build-model.js";
import { ConfigFile } from "./config-file.js";
import {
  checkAutoJoin,
  checkHaCf,
  checkResources,
  checkSelf,
  type CheckedResources,
  type ResolvedResource,
  type SelfName,
} from "./cross-check.js";
import { effectiveValues, type EffectiveParts, type EffectiveValue } from "./effective.js";
import { openFrontEnd, type FrontEnd } from "./front-ends.js";
import type { HaCf } from "./ha-cf/ha-cf.js";
import { checkStonith, stonithPlugin } from "./ha-cf/stonith.js";
import { membershipTimings } from "./ha-cf/timings.js";
import { thisMachine, type Machine } from "./machine.js";
import { hasErrors, Problems, type Problem } from "./problem.js";
import { readConfigFile } from "./read-file.js";
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
import { applySystoleYaml } from "./systole-yaml/apply.js";
import { checkSystoleYaml } from "./systole-yaml/cross-check.js";
import { checkFencing, type FencingSurroundings } from "./systole-yaml/fencing-check.js";
import { NO_SETTINGS, parseSystoleYaml, type SystoleFile } from "./systole-yaml/parse.js";
import { givenMeanings } from "./systole-yaml/whole/groups-of.js";
import { isWhole } from "./systole-yaml/whole/whole-file.js";

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
  /** Where secrets may be; the process's own unless given. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
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
  /** What is said of the cluster stands here: the path of ha.cf, or of systole.yaml. */
  readonly settingsPath: string;
  /** Undefined as the model is. */
  readonly effective: readonly EffectiveValue[] | undefined;
  /** Where groups are named: the path of haresources, or of systole.yaml. */
  readonly resourcesPath: string;
  /** By file (ha.cf, authkeys, haresources, systole.yaml), then by place. */
  readonly problems: readonly Problem[];
  readonly resources: readonly ResolvedResource[];
  /** How this node may speak on the network, and who may look at it. */
  readonly security: SecurityChoice;
  /** Lines by file, to show where a problem is. Never those of authkeys. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
}

/** This node's name, and who said so. */
export function selfName(haDirectory: string, option: string | undefined, machine: Machine): SelfName {
  if (option !== undefined) return { name: option.toLowerCase(), source: "option" };
  const nodeInfo = readConfigFile(join(haDirectory, "nodeinfo"));
  const firstLine = nodeInfo.ok ? splitLines(nodeInfo.text)[0]?.trim() : undefined;
  if (firstLine) return { name: firstLine.toLowerCase(), source: "nodeinfo" };
  return { name: machine.hostname().toLowerCase(), source: "hostname" };
}

/** What is wrong with it may stand in either file. */
function safetyOf(
  settingsFile: ConfigFile,
  systoleYamlFile: ConfigFile,
  timings: MembershipTimings | undefined,
  files: LeaseFiles,
): AddressSafety {
  const none = { leaseMs: undefined, guardMs: undefined, probe: true };
  if (timings === undefined) return none;
  const inSystoleYaml = new Problems(systoleYamlFile.path);
  const safety = settingsFile.check((inHaCf) => addressSafety(files, timings, inHaCf, inSystoleYaml));
  systoleYamlFile.add(inSystoleYaml.found);
  return safety ?? none;
}

function loadSystoleYaml(file: ConfigFile): SystoleFile {
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

const NO_RESOURCES: CheckedResources = { resolutions: new Map(), table: [] };

/** A whole configuration that is not understood: what follows from that is not told besides. */
function unusable(file: ConfigFile, settings: SystoleFile): LoadedConfig {
  return {
    model: undefined,
    logging: { logFile: undefined, debugFile: undefined, logFacility: undefined, debugLevel: 0 },
    settingsPath: file.path,
    resourcesPath: file.path,
    effective: undefined,
    problems: file.problems(),
    resources: [],
    ...placesOf(settings),
    security: { allowsCrc: false, readers: undefined },
    sources: sourcesOf([file]),
  };
}

/** What the parts of loading share. */
interface Loading {
  readonly haDirectory: string;
  readonly machine: Machine;
  readonly self: SelfName;
  readonly systoleYaml: SystoleFile;
  readonly systoleYamlFile: ConfigFile;
}

/** Reads everything and reports all problems at once. Never throws for what the files say or lack. */
export function loadConfig(options: LoadOptions): LoadedConfig {
  const haDirectory = resolve(options.haDirectory);
  const machine = options.machine ?? thisMachine();
  const self = selfName(haDirectory, options.node, machine);
  const systoleYamlFile = new ConfigFile(haDirectory, "systole.yaml", true);
  const systoleYaml = loadSystoleYaml(systoleYamlFile);
  const hasHaCf = new ConfigFile(haDirectory, "ha.cf", true).isThere;
  if (isWhole(systoleYaml, hasHaCf) && systoleYaml.settings.nodes === undefined)
    return unusable(systoleYamlFile, systoleYaml);
  const loading: Loading = { haDirectory, machine, self, systoleYaml, systoleYamlFile };
  const environment = options.environment ?? process.env;
  return loadAll(options, loading, openFrontEnd({ ...loading, self: self.name, environment }));
}

function loadAll(options: LoadOptions, loading: Loading, frontEnd: FrontEnd): LoadedConfig {
  const { haDirectory, machine, self, systoleYaml, systoleYamlFile } = loading;
  const { haCf, groups, settingsFile, resourcesFile, keysFile } = frontEnd;
  const { settings } = systoleYaml;
  const timings = checkSettings(loading, frontEnd);
  const security = securityChoice({
    saidInsecure: options.insecure === true,
    settings: systoleYaml,
    hasSystoleYaml: systoleYamlFile.file.ok,
    hasNetwork: haCf.media.length + haCf.brokers.length + (settings.transports ?? []).length > 0,
    machine,
  });
  const sealing = sealingChoice(systoleYaml, haDirectory, machine);
  const authKeys = frontEnd.readKeys();
  const allowsCrc = security.allowsCrc || sealing.mode === "enforce";
  keysFile.check((found) => checkCrc(authKeys, allowsCrc, found));
  const lookup = lookupOn(machine, haDirectory);
  const meanings = givenMeanings(settings);
  const { resolutions, table } =
    resourcesFile.check((found) => checkResources(groups, haCf, machine, lookup, meanings, found)) ??
    NO_RESOURCES;
  systoleYamlFile.check((found) => {
    checkSystoleYaml(systoleYaml, groups, haCf.pings.length, found);
    checkFencing(systoleYaml, fencingSurroundings(self.name, haCf, machine), found);
    if (options.isElsewhere !== true) checkSealing(sealing, self.name, haCf, systoleYaml.place, found);
    checkReaders(systoleYaml, machine, found);
  });
  settingsFile.check((found) => checkAutoJoin(haCf, groups.length, found));
  const addresses = safetyOf(settingsFile, systoleYamlFile, timings, { haCf, systoleYaml, resolutions });

  const files = [...new Set([settingsFile, keysFile, resourcesFile, systoleYamlFile])];
  const problems = files.flatMap((file) => file.problems());
  const parts = { self: self.name, haCf, authKeys, groups, resolutions, lookup, addresses };
  const clusterName = haCf.clusterName?.value;
  const model =
    timings === undefined || hasErrors(problems)
      ? undefined
      : applySystoleYaml(buildModel({ ...parts, timings }), settings, {
          directory: haDirectory,
          sealing,
          clusterName,
        });
  return {
    model,
    logging: loggingOf(haCf),
    settingsPath: settingsFile.path,
    resourcesPath: resourcesFile.path,
    effective: model && effectiveValues({ model, systoleYaml, ...partsShown(frontEnd) }),
    problems,
    resources: table,
    ...placesOf(systoleYaml),
    security,
    sources: sourcesOf(files.filter((file) => file !== keysFile || file === systoleYamlFile)),
  };
}

function partsShown({
  haCf,
  groups,
  settingsFile,
  resourcesFile,
}: FrontEnd): Pick<EffectiveParts, "haCf" | "groups" | "settingsName" | "resourcesName"> {
  const [settingsName, resourcesName] = [basename(settingsFile.path), basename(resourcesFile.path)];
  return { haCf, groups, settingsName, resourcesName };
}

function checkSettings(
  { machine, self, systoleYaml }: Loading,
  { haCf, times, settingsFile }: FrontEnd,
): MembershipTimings | undefined {
  return settingsFile.check((found) => {
    checkHaCf(haCf, machine, found);
    checkSelf(self, haCf, found);
    checkStonith(self.name, haCf, systoleYaml.settings.quorum, found);
    return membershipTimings(haCf, found, times);
  });
}
