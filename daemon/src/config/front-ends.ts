// The two ways in which a configuration is written: heartbeat's three files, or systole.yaml alone. What they say is checked and built alike.
import { parseAuthKeys, checkAuthKeysMode, type AuthKeys } from "./authkeys.js";
import { ConfigFile } from "./config-file.js";
import type { HaCf } from "./ha-cf/ha-cf.js";
import { parseHaCf } from "./ha-cf/parse.js";
import { HEARTBEAT_TIMES, type TimeDefaults } from "./ha-cf/timings.js";
import { parseHaResources, type HaResourcesLine } from "./haresources.js";
import type { Machine } from "./machine.js";
import { hasErrors, WHOLE_FILE } from "./problem.js";
import type { SystoleFile } from "./systole-yaml/parse.js";
import { checkBoth } from "./systole-yaml/whole/contradictions.js";
import { failbackOf, groupsOf } from "./systole-yaml/whole/groups-of.js";
import { keysOf, NO_KEYS } from "./systole-yaml/whole/keys-of.js";
import { checkPlacementNeeds } from "./systole-yaml/whole/placement-needs.js";
import { checkContradictions } from "./systole-yaml/whole/placement-rules-of.js";
import { DEFAULT_PRESET, presetTimes } from "./systole-yaml/whole/presets.js";
import { settingsOf } from "./systole-yaml/whole/settings-of.js";
import { isWhole } from "./systole-yaml/whole/whole-file.js";

export interface FrontEnd {
  readonly haCf: HaCf;
  readonly times: TimeDefaults;
  readonly groups: readonly HaResourcesLine[];
  /** Of the files below, where problems of each part are told; the same one several times where one file is all. */
  readonly settingsFile: ConfigFile;
  readonly resourcesFile: ConfigFile;
  readonly keysFile: ConfigFile;
  readonly readKeys: () => AuthKeys;
}

export interface FrontEndOptions {
  readonly haDirectory: string;
  readonly self: string;
  readonly machine: Machine;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly systoleYaml: SystoleFile;
  readonly systoleYamlFile: ConfigFile;
}

export function openFrontEnd(options: FrontEndOptions): FrontEnd {
  const haCfFile = new ConfigFile(options.haDirectory, "ha.cf", true);
  return isWhole(options.systoleYaml, haCfFile.isThere) ? wholeFile(options) : threeFiles(options);
}

function threeFiles({ haDirectory, systoleYaml, systoleYamlFile }: FrontEndOptions): FrontEnd {
  const settingsFile = new ConfigFile(haDirectory, "ha.cf");
  const hasOtherMedia = (systoleYaml.settings.transports ?? []).length > 0;
  const { value: haCf, problems } = parseHaCf(settingsFile.text, settingsFile.path, hasOtherMedia);
  if (settingsFile.file.ok) settingsFile.add(problems);
  const isSealedOnly = systoleYaml.settings.security?.mode === "enforce";
  const keysFile = new ConfigFile(haDirectory, "authkeys", isSealedOnly);
  const resourcesFile = new ConfigFile(haDirectory, "haresources");
  const groups = parseHaResources(resourcesFile.text, resourcesFile.path);
  if (resourcesFile.file.ok) resourcesFile.add(groups.problems);
  if (settingsFile.file.ok)
    systoleYamlFile.check((found) => checkBoth(systoleYaml, { haCf, groups: groups.value }, found));
  return {
    haCf,
    times: HEARTBEAT_TIMES,
    groups: groups.value,
    settingsFile,
    resourcesFile,
    keysFile,
    readKeys: () => readAuthKeysFile(keysFile),
  };
}

function readAuthKeysFile(file: ConfigFile): AuthKeys {
  if (file.file.ok) file.add(checkAuthKeysMode(file.file.mode, file.path).problems);
  const { value, problems } = parseAuthKeys(file.text, file.path);
  if (file.file.ok) file.add(problems);
  file.check((found) => {
    const isAscii = value.keys.every(({ key }) => key === undefined || /^[ -~]*$/.test(key));
    if (isAscii || (file.file.ok && file.file.utf8)) return;
    const message =
      "a key has letters beyond ASCII and the file is not UTF-8; save it as UTF-8, on all nodes";
    found.error(WHOLE_FILE, "authkeys.encoding", message);
  });
  return value;
}

function wholeFile(options: FrontEndOptions): FrontEnd {
  const { systoleYaml, systoleYamlFile: file, self, haDirectory, machine, environment } = options;
  const { settings } = systoleYaml;
  const parts = file.check((found) => ({
    haCf: settingsOf(systoleYaml, self, failbackOf(settings), found),
    groups: groupsOf(systoleYaml, found),
  }));
  file.check((found) => {
    checkPlacementNeeds(systoleYaml, found);
    const groupsAreGood = !hasErrors(file.problems());
    if (groupsAreGood) checkContradictions(systoleYaml, parts?.groups ?? [], found);
  });
  for (const name of ["authkeys", "haresources"] as const) {
    if (!new ConfigFile(haDirectory, name, true).isThere) continue;
    file.check((found) => {
      const message = `${name} is not read: without ha.cf this file is the whole configuration; delete ${name}`;
      found.warning(WHOLE_FILE, "yaml.file-unread", message);
    });
  }
  const { credentialsDirectory } = machine;
  const places = { directory: haDirectory, environment, credentialsDirectory };
  if (parts === undefined) throw new Error("a file that names nodes has been read");
  return {
    ...parts,
    times: presetTimes(settings.preset ?? DEFAULT_PRESET),
    settingsFile: file,
    resourcesFile: file,
    keysFile: file,
    readKeys: () => file.check((found) => keysOf(systoleYaml, places, found)) ?? NO_KEYS,
  };
}
