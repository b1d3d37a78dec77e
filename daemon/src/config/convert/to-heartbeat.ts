// `systole convert --to-heartbeat`: systole.yaml as the three files of one node, as far as they have words for it. Pure, but for the keys.
import { parseDocument, type Document } from "yaml";
import type { AuthKeys } from "../authkeys.js";
import type { HaCf, Medium } from "../ha-cf/ha-cf.js";
import { HEARTBEAT_TIMES, membershipTimings } from "../ha-cf/timings.js";
import type { HaResourcesLine } from "../haresources.js";
import { WHOLE_FILE, type Problems } from "../problem.js";
import type { SystoleFile } from "../systole-yaml/parse.js";
import type { SystoleYaml } from "../systole-yaml/schema.js";
import { failbackOf, givenMeanings, groupsOf } from "../systole-yaml/whole/groups-of.js";
import { keysOf } from "../systole-yaml/whole/keys-of.js";
import { checkPlacementNeeds } from "../systole-yaml/whole/placement-needs.js";
import { DEFAULT_PRESET, presetTimes } from "../systole-yaml/whole/presets.js";
import { timeText } from "../systole-yaml/whole/recorded.js";
import { settingsOf } from "../systole-yaml/whole/settings-of.js";
import { WHOLE_KEYS } from "../systole-yaml/whole/whole-file.js";
import type { Converted } from "./to-yaml.js";

export interface WholeFileToConvert {
  readonly systoleYaml: SystoleFile;
  readonly text: string;
  readonly haDirectory: string;
  readonly self: string;
}

export function toHeartbeat(
  { systoleYaml, text, haDirectory, self }: WholeFileToConvert,
  problems: Problems,
): Converted {
  const { settings } = systoleYaml;
  if (settings.nodes === undefined) {
    const message =
      "the file names no nodes, so it is not a whole configuration; there is nothing to convert";
    problems.error(WHOLE_FILE, "yaml.missing-key", message);
    return { files: [], notes: [] };
  }
  checkPlacementNeeds(systoleYaml, problems);
  const haCf = settingsOf(systoleYaml, self, failbackOf(settings), problems);
  const groups = groupsOf(systoleYaml, problems);
  const places = {
    directory: haDirectory,
    environment: process.env,
    credentialsDirectory: process.env["CREDENTIALS_DIRECTORY"],
  };
  const keys = keysOf(systoleYaml, places, problems);
  const notes: string[] = [];
  const words = resourceWords(settings, groups, notes);
  const rest = remaining(text, words);
  return {
    files: [
      { name: "ha.cf", text: haCfText(haCf, settings, problems), mode: 0o644 },
      { name: "haresources", text: haResourcesText(groups, words), mode: 0o644 },
      ...(keys.keys.length === 0 ? [] : [{ name: "authkeys", text: authKeysText(keys), mode: 0o600 }]),
      ...(rest === "" ? [] : [{ name: "systole.yaml", text: rest, mode: 0o644 }]),
    ],
    notes: [...notes, ...unsaid(settings, groups, words, rest)],
  };
}

function haCfText(haCf: HaCf, { preset = DEFAULT_PRESET }: SystoleYaml, problems: Problems): string {
  const times = membershipTimings(haCf, problems, presetTimes(preset));
  const isHeartbeat = presetTimes(preset) === HEARTBEAT_TIMES;
  const timing = (name: keyof HaCf["times"], ms: number): readonly string[] =>
    isHeartbeat && haCf.times[name] === undefined ? [] : [`${name} ${timeText(ms)}`];
  const { failback, clusterName, watchdog } = haCf;
  const words = haCf.environment;
  const kept = Object.keys(words).filter((name) => !SAID.has(name));
  return lines([
    `# Written by \`systole convert --to-heartbeat\`, for this node alone.`,
    ...(haCf.debugFile === undefined ? [] : [`debugfile ${haCf.debugFile}`]),
    ...(haCf.logFile === undefined ? [] : [`logfile ${haCf.logFile}`]),
    ...(haCf.logFacility === undefined ? [] : [`logfacility ${haCf.logFacility}`]),
    ...(haCf.debugLevel === 0 ? [] : [`debug ${haCf.debugLevel}`]),
    ...timing("keepalive", times.keepaliveMs),
    ...timing("deadtime", times.deadMs),
    ...timing("warntime", times.warnMs),
    ...timing("initdead", times.initialDeadMs),
    ...timing("deadping", times.pingDeadMs),
    ...(haCf.maxRetransmitDelayMs === 250 ? [] : [`max_rexmit_delay ${haCf.maxRetransmitDelayMs}`]),
    ...(clusterName === undefined ? [] : [`cluster ${clusterName.value}`]),
    ...(watchdog === undefined ? [] : [`watchdog ${watchdog.value}`]),
    ...mediaLines(haCf),
    `auto_failback ${failback?.value ?? "legacy"}`,
    ...haCf.nodes.map(({ value }) => `node ${value}`),
    ...haCf.pings.map(({ name, group, hosts }) =>
      group ? `ping_group ${name} ${hosts.join(" ")}` : `ping ${name}`,
    ),
    ...heartbeatLines(haCf),
    ...kept.map((name) => `env ${name}=${words[name] ?? ""}`),
  ]);
}

/** What a directive says by itself: a script finds it without `env`. */
const SAID: ReadonlySet<string> = new Set(
  "keepalive deadtime warntime initdead deadping max_rexmit_delay auto_failback cluster debug debugfile logfile logfacility watchdog udpport baud use_logd msgfmt hopfudge uuidfrom autojoin traditional_compression compression_threshold log_badpack".split(
    " ",
  ),
);

function mediaLines({ media, serialPorts, brokers, baud }: HaCf): readonly string[] {
  return [
    ...media.flatMap((medium) => mediumLines(medium)),
    ...(serialPorts.length === 0 ? [] : [`baud ${baud}`]),
    ...serialPorts.map(({ device }) => `serial ${device}`),
    ...brokers.map(({ url, prefix }) => ["mqtt", url, ...(prefix === undefined ? [] : [prefix])].join(" ")),
  ];
}

function mediumLines(medium: Medium): readonly string[] {
  const six = (text: string): string => (text.includes(":") ? "6" : "");
  if (medium.kind === "bcast") return [`udpport ${medium.port}`, `bcast ${medium.interface}`];
  if (medium.kind === "ucast")
    return [`udpport ${medium.port}`, `ucast${six(medium.address)} ${medium.interface} ${medium.address}`];
  const { group, port, ttl, loop } = medium;
  return [`mcast${six(group)} ${medium.interface} ${group} ${port} ${ttl} ${loop ? 1 : 0}`];
}

function heartbeatLines(haCf: HaCf): readonly string[] {
  return [
    ...(haCf.innerSignature ? [] : ["msgfmt netstring"]),
    ...(haCf.hopFudge === 1 ? [] : [`hopfudge ${haCf.hopFudge}`]),
    ...(haCf.uuidFrom === "file" ? [] : [`uuidfrom ${haCf.uuidFrom}`]),
    ...(haCf.autoJoin === undefined ? [] : [`autojoin ${haCf.autoJoin.value}`]),
    ...(haCf.traditionalCompression ? ["traditional_compression on"] : []),
    ...(haCf.compressionThresholdKib === 2 ? [] : [`compression_threshold ${haCf.compressionThresholdKib}`]),
    ...(haCf.logsRefusedFrames ? [] : ["log_badpack off"]),
    ...(haCf.ipfail === undefined ? [] : ["respawn hacluster /usr/lib/heartbeat/ipfail"]),
    ...haCf.clients.map(({ value: { kind, user, command } }) => `${kind} ${user} ${command}`),
    ...haCf.clientAccess.map(({ value: { name, users, groups } }) =>
      [
        `apiauth ${name}`,
        ...(users.length > 0 ? [`uid=${users.join(",")}`] : []),
        ...(groups.length > 0 ? [`gid=${groups.join(",")}`] : []),
      ].join(" "),
    ),
    ...haCf.stonith.map(({ from, type, parameters, configFile }) =>
      configFile === undefined
        ? `stonith_host ${from} ${type} ${parameters ?? ""}`
        : `stonith ${type} ${configFile}`,
    ),
  ];
}

/** What haresources calls each resource; a name that stays is one of systole.yaml's. */
function resourceWords(
  settings: SystoleYaml,
  groups: readonly HaResourcesLine[],
  notes: string[],
): ReadonlyMap<string, string> {
  const given = givenMeanings(settings);
  const words = new Map<string, string>();
  for (const { text } of groups.flatMap(({ resources }) => resources)) {
    const meaning = given.get(text);
    const word = meaning !== undefined && "text" in meaning ? meaning.text : text;
    words.set(text, word);
    if (/[\s#\\]/.test(word))
      notes.push(
        `"${word}" has a blank, \`#\` or a backslash, which haresources cannot say: put it into a script of resource.d`,
      );
  }
  return words;
}

function haResourcesText(groups: readonly HaResourcesLine[], words: ReadonlyMap<string, string>): string {
  return lines(
    groups.map(({ node, resources }) =>
      [node.text, ...resources.map(({ text }) => words.get(text) ?? text)].join(" "),
    ),
  );
}

function authKeysText({ sign, keys }: AuthKeys): string {
  return lines([
    `auth ${sign ?? ""}`,
    ...keys.map(({ index, method, key }) => [index, method, ...(key === undefined ? [] : [key])].join(" ")),
  ]);
}

/** What the three files have no words for stays in a systole.yaml beside them. */
function remaining(text: string, words: ReadonlyMap<string, string>): string {
  const document: Document = parseDocument(text);
  for (const key of WHOLE_KEYS) document.delete(key);
  if (document.hasIn(["defaults", "failback"])) document.deleteIn(["defaults", "failback"]);
  for (const [name, word] of words) {
    const path = ["resources", name];
    const resource: unknown = document.hasIn(path) ? document.getIn(path, true) : undefined;
    if (resource === undefined) continue;
    if (word !== name) {
      for (const key of ["agent", "arguments"])
        if (document.hasIn([...path, key])) document.deleteIn([...path, key]);
      document.setIn(["resources", word], resource);
      document.deleteIn(path);
    }
  }
  const isEmpty = Object.keys((document.toJS() as object | null) ?? {}).length === 0;
  return isEmpty ? "" : document.toString({ lineWidth: 0 });
}

function unsaid(
  { nodes = {} }: SystoleYaml,
  groups: readonly HaResourcesLine[],
  words: ReadonlyMap<string, string>,
  rest: string,
): readonly string[] {
  const renamed = groups.filter(
    ({ key, resources: [first] }) => key !== undefined && key !== words.get(first?.text ?? ""),
  );
  const weighed = Object.entries(nodes).filter(([, { weight }]) => weight !== undefined);
  return [
    ...renamed.map(
      ({ key = "", resources: [first] }) =>
        `the group ${key} is called ${words.get(first?.text ?? "") ?? ""} there, after its first resource: change all nodes at once`,
    ),
    ...weighed.map(([name]) => `the weight of ${name} has no words there`),
    ...(rest === ""
      ? []
      : [
          "systole.yaml beside the three files keeps what they have no words for; heartbeat does not read it",
        ]),
  ];
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join("");
}
