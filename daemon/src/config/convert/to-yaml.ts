// `systole convert`: heartbeat's three files, and a systole.yaml beside them, become one systole.yaml that means the same. Pure.
import { parseDocument, type Document } from "yaml";
import type { AuthKeys } from "../authkeys.js";
import type { HaCf } from "../ha-cf/ha-cf.js";
import type { HaResourcesLine } from "../haresources.js";
import { parseSystoleYaml } from "../systole-yaml/parse.js";
import { recordedOf } from "../systole-yaml/whole/recorded.js";
import { heartbeatLines, loggingLines } from "./heartbeat-part.js";
import { mediaLines } from "./media-part.js";
import { isWritten, Origins } from "./origins.js";
import { durationText } from "../systole-yaml/duration.js";
import { indented, inline, keyText, withOrigin } from "./yaml-text.js";

export interface ThreeFiles {
  readonly haCf: HaCf;
  readonly authKeys: AuthKeys;
  readonly groups: readonly HaResourcesLine[];
  readonly texts: { readonly haCf: string; readonly haResources: string };
  /** The systole.yaml beside them; "" when there is none. */
  readonly systoleYaml: string;
  /** This node's name, lower-case. */
  readonly self: string;
}

export interface WrittenFile {
  readonly name: string;
  readonly text: string;
  readonly mode: number;
}

export interface Converted {
  readonly files: readonly WrittenFile[];
  /** What is not the same any more, or needs a look. */
  readonly notes: readonly string[];
}

const HEAD = `# Written by \`systole convert\`: what ha.cf, authkeys and haresources said. Each line names the one that it is from.
# \`systole config explain KEY\` tells what a key means; \`systole check\` reads this file.
`;
/** Keys that would stand twice. */
const REPLACED = ["cluster", "nodes", "timings", "watchdog"] as const;

export function toYaml(files: ThreeFiles): Converted {
  const notes: string[] = [];
  const keys = keyFiles(files.authKeys);
  const rest = remaining(files, notes);
  const compose = (environment: Readonly<Record<string, string>>): string =>
    [HEAD, ...sections(files, keys, environment).map((lines) => `${lines.join("\n")}\n`), rest].join("");
  const first = missingWords(files.haCf, compose({}));
  // What scripts find already may change what the new keys repeat.
  const environment = { ...first, ...missingWords(files.haCf, compose(first)) };
  if (Object.keys(environment).length > 0)
    notes.push(
      "heartbeat.environment keeps what scripts find as HA_… as it was written in ha.cf; delete what none of them reads",
    );
  notes.push(...unsaid(files));
  const hasSecrets = files.haCf.stonith.some(({ parameters }) => parameters !== undefined);
  const yaml = { name: "systole.yaml", text: compose(environment), mode: hasSecrets ? 0o600 : 0o644 };
  return {
    files: [yaml, ...keys.map(({ file, key }) => ({ name: file, text: `${key}\n`, mode: 0o600 }))],
    notes,
  };
}

/** What ha.cf says in words that the new keys do not repeat. */
function missingWords({ environment }: HaCf, yaml: string): Readonly<Record<string, string>> {
  const { settings } = parseSystoleYaml(yaml, "systole.yaml").value;
  const failback = { on: "on", off: "off", legacy: "legacy" } as const;
  const written = Object.values(settings.groups ?? {})[0]?.failback ?? settings.defaults?.failback;
  const recorded = recordedOf(
    settings,
    written === "auto" ? failback.on : written === "legacy" ? failback.legacy : failback.off,
  );
  return Object.fromEntries(Object.entries(environment).filter(([name, text]) => recorded[name] !== text));
}

interface KeyFile {
  readonly index: number;
  readonly file: string;
  readonly key: string;
}

function keyFiles({ keys }: AuthKeys): readonly KeyFile[] {
  const secret = keys.flatMap(({ index, key }) => (key === undefined ? [] : [{ index, key }]));
  return secret.map(({ index, key }) => ({
    index,
    key,
    file: secret.length === 1 ? "cluster.key" : `cluster-${index}.key`,
  }));
}

function sections(
  files: ThreeFiles,
  keys: readonly KeyFile[],
  environment: Readonly<Record<string, string>>,
): readonly (readonly string[])[] {
  const { haCf } = files;
  const origins = new Origins("ha.cf", files.texts.haCf);
  const nodes = nodeLines(files, origins);
  const media = mediaLines(haCf, origins);
  // A program that lists nodes and ping nodes gets them in the order of the file.
  const pingsFirst = (haCf.pings[0]?.at.line ?? Infinity) < (haCf.nodes[0]?.at.line ?? Infinity);
  return [
    clusterLines(haCf, origins),
    timeLines(haCf, origins),
    ...(pingsFirst ? [media, nodes] : [nodes, media]),
    authenticationLines(files.authKeys, keys),
    groupLines(files),
    loggingLines(haCf, origins),
    heartbeatLines(haCf, origins, environment),
  ].filter((lines) => lines.length > 0);
}

function clusterLines({ clusterName, watchdog }: HaCf, origins: Origins): readonly string[] {
  return [
    ...(clusterName === undefined || !isName(clusterName.value)
      ? []
      : [withOrigin(`cluster: ${inline(clusterName.value)}`, origins.of(clusterName.at.line))]),
    "preset: heartbeat # what holds where ha.cf says nothing; lan, vm, cloud and wan are quicker",
    ...(watchdog === undefined
      ? []
      : [withOrigin(`watchdog: ${inline(watchdog.value)}`, origins.of(watchdog.at.line))]),
  ];
}

function isName(text: string): boolean {
  return /^[A-Za-z0-9_.-]{1,64}$/.test(text);
}

function timeLines(haCf: HaCf, origins: Origins): readonly string[] {
  const times = Object.entries(haCf.times).flatMap(([name, { value, at }]) => [
    ...origins.remarks(at.line),
    withOrigin(`${name}: ${durationText(value)}`, origins.of(at.line)),
  ]);
  const retransmit = isWritten(haCf, "max_rexmit_delay")
    ? [withOrigin(`retransmit: ${haCf.maxRetransmitDelayMs}ms`, origins.ofDirective("max_rexmit_delay"))]
    : [];
  const lines = [...times, ...retransmit];
  return lines.length === 0 ? [] : ["timings:", ...indented(lines)];
}

function nodeLines({ haCf, self }: ThreeFiles, origins: Origins): readonly string[] {
  const nodes = haCf.nodes.flatMap(({ value, at }) => [
    ...origins.remarks(at.line),
    withOrigin(`${keyText(value)}:`, origins.of(at.line)),
  ]);
  return ["nodes:", ...indented(nodes.length === 0 ? [`${keyText(self)}:`] : nodes)];
}

function authenticationLines({ keys, sign }: AuthKeys, files: readonly KeyFile[]): readonly string[] {
  if (keys.length === 0) return [];
  const entries = keys.map(({ index, method }) => {
    const file = files.find((one) => one.index === index)?.file;
    return `- ${inline({ id: index, method, ...(file !== undefined && { key: { file } }) })} # authkeys; a key stands in a file of its own now`;
  });
  return ["authentication:", `  sign: ${sign ?? 0}`, "  keys:", ...indented(entries, "    ")];
}

function groupLines({ haCf, groups, texts }: ThreeFiles): readonly string[] {
  if (groups.length === 0) return [];
  const origins = new Origins("haresources", texts.haResources);
  const entries = groups.flatMap(({ node, resources }) => {
    const [first] = resources;
    return [
      ...origins.remarks(node.line),
      withOrigin(`${keyText(first?.text ?? "")}:`, origins.of(node.line)),
      ...indented([
        `resources: ${inline(resources.map(({ text }) => text))}`,
        `prefer: ${inline([node.text])}`,
        `failback: ${failbackWord(haCf)} # auto_failback ${haCf.failback?.value ?? "is not set, which means legacy"}`,
      ]),
    ];
  });
  return [
    "groups: # each is called like its first resource: the other nodes know it by that name",
    ...indented(entries),
  ];
}

function failbackWord({ failback }: HaCf): string {
  return { on: "auto", off: "manual", legacy: "legacy" }[failback?.value ?? "legacy"];
}

/** The systole.yaml that was there, without what stands above now, and with what needs a place in its mappings. */
function remaining({ haCf, authKeys, groups, systoleYaml }: ThreeFiles, notes: string[]): string {
  const document: Document = parseDocument(systoleYaml);
  for (const key of REPLACED) if (document.has(key)) document.delete(key);
  if (groups.length === 0) document.setIn(["defaults", "failback"], failbackWord(haCf));
  const signer = authKeys.keys.find(({ index }) => index === authKeys.sign);
  if (signer?.method === "crc") {
    document.setIn(["security", "insecure"], true);
    notes.push(
      "crc signs, and anybody can forge it: `security.insecure` lets it be; change to sha1 and delete it",
    );
  }
  const text = document.toString({ lineWidth: 0 });
  return /^(null|\{\})?\s*$/.test(text) ? "" : text;
}

function unsaid({ haCf, self }: ThreeFiles): readonly string[] {
  const { clusterName } = haCf;
  return [
    ...(clusterName !== undefined && !isName(clusterName.value)
      ? [`the name of the cluster, "${clusterName.value}", has letters that a name has not; it is left out`]
      : []),
    ...(haCf.nodes.length === 0 ? [`ha.cf names no node; this one, ${self}, is named`] : []),
    ...(haCf.media.some(({ kind }) => kind === "ucast")
      ? [
          "unicast goes to the addresses of this node's ha.cf: convert on each node, or give `nodes` their addresses and delete them from `media`, and the file is the same everywhere",
        ]
      : []),
  ];
}
