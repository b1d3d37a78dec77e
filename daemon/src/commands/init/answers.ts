// What `systole init` has to know, how each answer is judged, and what the file then says. Pure.
import { isIP } from "node:net";
import { parseAddressResource } from "../../config/address-resource.js";
import { inline, keyText } from "../../config/convert/yaml-text.js";
import { INTERFACE } from "../../config/ha-cf/media.js";
import { NODE_NAME } from "../../config/ha-cf/members.js";
import { PRESET_NAMES, type PresetName } from "../../config/systole-yaml/whole/presets.js";

export interface NodeAnswer {
  readonly name: string;
  readonly address: string;
}

export interface Answers {
  readonly cluster: string;
  /** The first is this node, and the one that is preferred. */
  readonly nodes: readonly NodeAnswer[];
  readonly interface: string;
  /** As haresources has it, without the interface: `192.0.2.10/24`. */
  readonly address: string;
  /** What is started behind the address, in this order. */
  readonly services: readonly string[];
  readonly preset: PresetName;
  /** A host that tells whether the network is reached, mostly the gateway. */
  readonly ping: string | undefined;
}

/** A sentence that says what to write instead, or undefined when the answer is good. */
export type Judge = (text: string) => string | undefined;

export const judgeCluster: Judge = (text) =>
  /^[A-Za-z0-9_.-]{1,64}$/.test(text) ? undefined : "write letters, digits, dots and dashes, such as web";

export const judgeInterface: Judge = (text) =>
  INTERFACE.test(text) ? undefined : "write an interface's name as `ip link` shows it, such as eth0";

export const judgeNode: Judge = (text) => {
  const [name = "", address = "", ...others] = text.split("=");
  if (others.length > 0 || address === "") return "write NAME=ADDRESS, such as bravo=192.0.2.12";
  if (!NODE_NAME.test(name)) return `"${name}" cannot be a node's name; write what \`uname -n\` prints there`;
  return isIP(address) === 0 ? `"${address}" is not an IP address; write e.g. ${name}=192.0.2.12` : undefined;
};

export const judgeAddress: Judge = (text) => {
  const parsed = parseAddressResource(text);
  if (!parsed.ok) return parsed.message;
  return text.split("/").length === 2
    ? undefined
    : "write an address and the length of its prefix, such as 192.0.2.10/24";
};

export const judgePreset: Judge = (text) =>
  PRESET_NAMES.some((name) => name === text) ? undefined : `write one of: ${PRESET_NAMES.join(", ")}`;

export const judgePing: Judge = (text) =>
  isIP(text) === 0 ? "write an IP address, such as the gateway's" : undefined;

export function nodeOf(text: string): NodeAnswer {
  const [name = "", address = ""] = text.split("=");
  return { name: name.toLowerCase(), address };
}

/** What none of the answers can know alone. */
export function judgeTogether({ nodes, address }: Answers): string | undefined {
  const names = nodes.map(({ name }) => name);
  const addresses = nodes.map((node) => node.address);
  if (new Set(names).size < names.length) return "two nodes have the same name; give each its own";
  if (new Set(addresses).size < addresses.length) return "two nodes have the same address; give each its own";
  if (nodes.length < 2) return "nothing can take over from a node that is alone; name another one";
  const [held = ""] = address.split("/");
  if (addresses.includes(held))
    return `${held} is a node's own address; the one to be held is another one, which moves between them`;
  return undefined;
}

export const KEY_FILE = "cluster.key";

/** systole.yaml. The same on every node. */
export function fileOf({
  cluster,
  nodes,
  interface: device,
  address,
  services,
  preset,
  ping,
}: Answers): string {
  const names = nodes.map(({ name }) => name);
  const resources = [`${address}/${device}`, ...services];
  // The order of more than two nodes is a matter of placement.
  const prefer = names.slice(0, names.length === 2 ? 2 : 1);
  return `# Written by \`systole init\`. The same file, and the same ${KEY_FILE} beside it, belong on every node.
# \`systole config explain KEY\` tells what a key means; \`systole check\` reads the file without doing anything.
cluster: ${inline(cluster)}
preset: ${preset} # how fast a node counts as dead: \`systole config explain preset\`
nodes:
${nodes.map(({ name, address: own }) => `  ${keyText(name)}: { address: ${inline(own)} }\n`).join("")}media:
  - unicast: { interface: ${inline(device)} } # to the addresses above; a second medium, by another cable, is better
${ping === undefined ? "" : `  - ping: ${inline(ping)} # a node that does not reach it, nor any other node, lets go\n`}authentication: { method: sha1, key: { file: ${KEY_FILE} } }
groups:
  ${keyText(cluster)}:
    resources: ${inline(resources)} # started in this order
    prefer: ${inline(prefer)}
    failback: manual # it stays where it is when the other node is back; or: auto
`;
}
