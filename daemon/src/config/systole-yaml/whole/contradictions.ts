// When ha.cf and systole.yaml are both there: what only one of them may say, and what they must say alike. Pure.
import type { HaCf } from "../../ha-cf/ha-cf.js";
import type { HaResourcesLine } from "../../haresources.js";
import type { Position, Problems } from "../../problem.js";
import { formatMs } from "../../time-value.js";
import type { SystoleSettings } from "../parse.js";
import type { SystoleYaml } from "../schema.js";
import { WHOLE_KEYS } from "./whole-file.js";

export interface OtherFiles {
  readonly haCf: HaCf;
  readonly groups: readonly HaResourcesLine[];
}

/** Keys whose values are compared; any other one of ha.cf's is refused beside it. */
const COMPARED = ["cluster", "nodes", "timings", "watchdog"] as const;

export function checkBoth(settings: SystoleSettings, others: OtherFiles, problems: Problems): void {
  compareNames(settings, others.haCf, problems);
  compareTimings(settings, others.haCf, problems);
  for (const key of WHOLE_KEYS) {
    if (settings.settings[key] === undefined || COMPARED.some((one) => one === key)) continue;
    const { file, at } = lineOfOther(key, others);
    const line = at === undefined ? "" : `, line ${at.line}`;
    const message = `\`${key}\` stands here, and ${file}${line}, says it too; delete it here, or convert all with \`systole convert\``;
    problems.error(settings.place(key), "yaml.contradiction", message);
  }
}

function compareNames({ settings, place }: SystoleSettings, haCf: HaCf, problems: Problems): void {
  const differ = (key: "cluster" | "watchdog", here: string, there: HaCf["clusterName"]): void => {
    if (there === undefined || there.value === here) return;
    const message = `${key} is ${here} here and ${there.value} in ha.cf, line ${there.at.line}; write the same, or delete one`;
    problems.error(place(key), "yaml.contradiction", message);
  };
  if (settings.cluster !== undefined) differ("cluster", settings.cluster, haCf.clusterName);
  if (settings.watchdog !== undefined) differ("watchdog", settings.watchdog, haCf.watchdog);
  compareNodes({ settings, place }, haCf, problems);
}

function compareNodes({ settings, place }: SystoleSettings, { nodes }: HaCf, problems: Problems): void {
  if (settings.nodes === undefined) return;
  const here = Object.keys(settings.nodes);
  for (const name of here) {
    if (nodes.some(({ value }) => value === name.toLowerCase())) continue;
    const message = `node ${name} is not in ha.cf, whose nodes begin in line ${nodes[0]?.at.line ?? 1}; name it there too, or delete it here`;
    problems.error(place("nodes", name), "yaml.contradiction", message);
  }
  for (const { value, at } of nodes) {
    if (here.some((name) => name.toLowerCase() === value)) continue;
    const message = `node ${value} of ha.cf, line ${at.line}, is missing here; name it here too, or delete \`nodes\``;
    problems.error(place("nodes"), "yaml.contradiction", message);
  }
}

function compareTimings({ settings, place }: SystoleSettings, { times }: HaCf, problems: Problems): void {
  for (const [name, ms] of Object.entries(settings.timings ?? {})) {
    const there = Object.entries(times).find(([other]) => other === name)?.[1];
    if (there?.value === ms) continue;
    const other =
      there === undefined
        ? "ha.cf, which has the times, does not have it"
        : `it is ${formatMs(there.value)} in ha.cf, line ${there.at.line}`;
    const message = `${name} is ${formatMs(ms ?? 0)} here, and ${other}; write it there, and delete it here`;
    problems.error(place("timings", name), "yaml.contradiction", message);
  }
}

/** Where the other files say what `key` says. */
function lineOfOther(
  key: keyof SystoleYaml,
  { haCf, groups }: OtherFiles,
): { readonly file: string; readonly at: Position | undefined } {
  if (key === "authentication") return { file: "authkeys", at: { line: 1, column: 1 } };
  if (key === "groups" || key === "constraints") return { file: "haresources", at: groups[0]?.node };
  if (key === "media") {
    const [first] = [...haCf.media, ...haCf.serialPorts, ...haCf.brokers, ...haCf.pings];
    return { file: "ha.cf", at: first?.at };
  }
  return { file: "ha.cf", at: haCf.nodes[0]?.at };
}
