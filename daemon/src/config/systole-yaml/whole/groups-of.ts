// From `groups`, `resources` and `defaults` of systole.yaml to the lines that haresources would have. Pure.
import type { Failback } from "@systole/core/ports";
import { didYouMean } from "@systole/sdk";
import type { GivenMeaning } from "../../cross-check.js";
import type { HaResourcesLine } from "../../haresources.js";
import type { Problems } from "../../problem.js";
import { looksLikeAddress } from "../../address-resource.js";
import { nativeAgent } from "../../resolve-resource.js";
import type { Word } from "../../source-text.js";
import type { SystoleSettings } from "../parse.js";
import type { ResourceYaml } from "../resource-schema.js";
import type { SystoleYaml } from "../schema.js";
import type { GroupYaml } from "./placement-schema.js";

/** Each resource once, at the place where its group names it. A resource in no group is a group of its own. */
export function groupsOf(
  { settings, place }: SystoleSettings,
  problems: Problems,
): readonly HaResourcesLine[] {
  const nodes = Object.keys(settings.nodes ?? {}).map((name) => name.toLowerCase());
  const [first = ""] = nodes;
  const taken = new Map<string, Word>();
  const lines: HaResourcesLine[] = [];
  for (const [key, group] of Object.entries(settings.groups ?? {})) {
    checkNodes(key, group, nodes, { settings, place }, problems);
    const words = group.resources.map((text, position) => {
      return { text, ...place("groups", key, "resources", position) };
    });
    const resources = words.filter((word) => isFree(word, taken, problems));
    // One that is unknown has been told.
    const home = [preferred(group)?.toLowerCase()].find((name) => name !== undefined && nodes.includes(name));
    const node = { text: home ?? first, ...place("groups", key) };
    if (resources.length > 0) lines.push({ key, node, resources });
  }
  for (const name of Object.keys(settings.resources ?? {})) {
    if (taken.has(name)) continue;
    const at = place("resources", name);
    lines.push({ key: name, node: { text: first, ...at }, resources: [{ text: name, ...at }] });
  }
  checkKeys(lines, taken, problems);
  if (lines.length === 0) {
    const message =
      "no resource is named, so there is nothing to keep running; write e.g. `groups: { web: { resources: [192.0.2.10/24/eth0, nginx] } }`";
    problems.warning(place("groups"), "haresources.empty", message);
  }
  return lines;
}

/** A group that is called like a resource of another one could not be told from it. */
function checkKeys(
  lines: readonly HaResourcesLine[],
  taken: ReadonlyMap<string, Word>,
  problems: Problems,
): void {
  for (const { key, node, resources } of lines) {
    const other = key === undefined ? undefined : taken.get(key);
    if (other === undefined || resources.some(({ text }) => text === key)) continue;
    const message = `"${key}" is a resource of another group in line ${other.line}; give this group another name`;
    problems.error(node, "yaml.duplicate", message);
  }
}

function isFree(word: Word, taken: Map<string, Word>, problems: Problems): boolean {
  const earlier = taken.get(word.text);
  if (earlier === undefined) {
    taken.set(word.text, word);
    return true;
  }
  const message = `"${word.text}" stands in line ${earlier.line} already, and a resource belongs to one group; delete one of the two`;
  problems.error(word, "haresources.resource-repeated", message);
  return false;
}

/** The node that is wanted most. */
function preferred({ prefer }: GroupYaml): string | undefined {
  if (prefer === undefined || Array.isArray(prefer)) return prefer?.[0];
  const [best] = Object.entries(prefer).toSorted(([, one], [, other]) => other - one);
  return best?.[0];
}

function checkNodes(
  key: string,
  { prefer, never = [] }: GroupYaml,
  nodes: readonly string[],
  { place }: SystoleSettings,
  problems: Problems,
): void {
  const check = (name: string, ...path: readonly PropertyKey[]): void => {
    if (nodes.includes(name.toLowerCase())) return;
    const advice = didYouMean(name, nodes) || `; write one of: ${nodes.join(", ")}`;
    problems.error(place(...path), "yaml.node-unknown", `no node "${name}" stands under \`nodes\`${advice}`);
  };
  if (Array.isArray(prefer))
    for (const [position, name] of prefer.entries()) check(name, "groups", key, "prefer", position);
  else for (const name of Object.keys(prefer ?? {})) check(name, "groups", key, "prefer", name);
  for (const [position, name] of never.entries()) check(name, "groups", key, "never", position);
}

/** What resources are that say it themselves, by their names. */
export function givenMeanings({ resources = {} }: SystoleYaml): ReadonlyMap<string, GivenMeaning> {
  return new Map(
    Object.entries(resources).flatMap(([name, resource]) => {
      const meaning = meaningOf(name, resource);
      return meaning === undefined ? [] : [[name, meaning]];
    }),
  );
}

/** A plugin's own agents may have a colon in their names too. */
const CLASS = /^(?:native|heartbeat|lsb|ocf|systemd):/;

/** A class, or an agent of Systole's own, is looked up as in haresources; any other name is an agent of a plugin. */
function meaningOf(name: string, { agent, arguments: given }: ResourceYaml): GivenMeaning | undefined {
  if (agent === undefined) return given === undefined ? undefined : { text: [name, ...given].join("::") };
  const args = given ?? name.split("::").slice(1);
  const native = nativeAgent(agent);
  if (!CLASS.test(agent) && native === undefined) return { plugin: agent, args };
  if (native === "ipaddr" && args.length === 0 && looksLikeAddress(name)) return { text: name };
  return { text: [agent, ...args].join("::") };
}

/** What holds for every group: as `defaults` says, else as all groups say alike. */
export function failbackOf({ defaults = {}, groups = {} }: SystoleYaml): Failback {
  const said = [defaults.failback, ...Object.values(groups).map(({ failback }) => failback)];
  const first = said.find((one) => one !== undefined);
  if (first === "auto") return "on";
  return first === "legacy" ? "legacy" : "off";
}
