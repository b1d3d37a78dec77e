// What no file can know alone: whether they fit each other, and this machine.
import { didYouMean } from "@systole/sdk";
import type { HaCf } from "./ha-cf/ha-cf.js";
import type { HaResourcesLine } from "./haresources.js";
import type { Machine } from "./machine.js";
import { WHOLE_FILE, type Problems } from "./problem.js";
import { resolveResource, type Resolution, type ResourceLookup } from "./resolve-resource.js";
import type { Word } from "./source-text.js";

/** Where this node's name came from, for the message when no such node is configured. */
export interface SelfName {
  readonly name: string;
  readonly source: "option" | "nodeinfo" | "hostname";
}

export function checkSelf(self: SelfName, haCf: HaCf, problems: Problems): void {
  const nodes = haCf.nodes.map((node) => node.value);
  if (nodes.length === 0 || nodes.includes(self.name) || haCf.autoJoin?.value === "any") return;
  const origin = {
    option: "as --node says",
    nodeinfo: "as the file nodeinfo says",
    hostname: "as `uname -n` says",
  }[self.source];
  const [named, add] =
    haCf.writtenIn === "ha.cf"
      ? ["no `node` line names it", `write \`node ${self.name}\``]
      : ["`nodes` does not name it", "write it there"];
  const message = `this node is ${self.name}, ${origin}, and ${named} (there are: ${nodes.join(", ")}); ${add}, or start with --node NAME`;
  problems.error(haCf.nodes[0]?.at ?? WHOLE_FILE, "node.self-missing", message);
}

function checkPings(haCf: HaCf, problems: Problems): void {
  for (const ping of haCf.pings) {
    if (haCf.nodes.some((node) => node.value === ping.name.toLowerCase())) {
      const message = `${ping.name} is a node of the cluster already; ping something else, e.g. the gateway`;
      problems.error(ping.at, "ping.is-node", message);
    }
  }
  if (haCf.ipfail === undefined) return;
  if (haCf.pings.length === 0) {
    const message =
      haCf.writtenIn === "ha.cf"
        ? "ipfail compares how many ping nodes each side reaches, and there are none; add `ping GATEWAY`"
        : "ipfail compares how many ping nodes each side reaches, and there are none; add `- ping: GATEWAY` under `media`";
    problems.warning(haCf.ipfail, "ipfail.no-ping", message);
  }
  if (haCf.failback?.value !== "on" && haCf.failback?.value !== "off") {
    const message =
      haCf.writtenIn === "ha.cf"
        ? "ipfail can hand nothing over with auto_failback legacy; write `auto_failback on` or off"
        : "ipfail can hand nothing over with failback legacy; write `failback: auto` or manual";
    problems.warning(haCf.ipfail, "ipfail.legacy", message);
  }
}

/** Everything about ha.cf that needs more than one of its lines. */
export function checkHaCf(haCf: HaCf, machine: Machine, problems: Problems): void {
  for (const medium of haCf.media) {
    if (machine.interfaceExists(medium.interface)) continue;
    const message = `there is no interface ${medium.interface} on this machine; \`ip link\` lists those that exist`;
    problems.error(medium.at, "interface.missing", message);
  }
  for (const { device, at } of haCf.serialPorts) {
    if (machine.isDevice(device)) continue;
    const message = `there is no serial port ${device} on this machine; \`ls /dev/tty*\` lists those that exist`;
    problems.error(at, "device.missing", message);
  }
  if (haCf.nodes.length === 1 && (haCf.autoJoin?.value ?? "none") === "none") {
    const where = haCf.writtenIn === "ha.cf" ? "add a `node` line for" : "name";
    const message = `this is the only node, so nothing can take over; ${where} the other one`;
    problems.warning(haCf.nodes[0]?.at ?? WHOLE_FILE, "node.alone", message);
  }
  if (haCf.failback === undefined) {
    const message =
      "auto_failback is not set and means legacy; write `auto_failback on` (resources go home) or off (they stay)";
    problems.warning(WHOLE_FILE, "failback.unset", message);
  }
  checkPings(haCf, problems);
  checkClients(haCf, machine, problems);
}

/** What programs need of this machine. ipfail is not among them: it is built in. */
function checkClients(haCf: HaCf, machine: Machine, problems: Problems): void {
  for (const { value: client, at } of haCf.clients) {
    if (!machine.accountExists("user", client.user)) {
      const message = `there is no user ${client.user} on this machine to run ${client.program}; write one that \`getent passwd\` lists, or create it`;
      problems.error(at, "respawn.user-unknown", message);
    }
    if (!machine.isExecutableFile(client.program)) {
      const message = `${client.program} is not an executable file; install what brings it, or delete the line`;
      problems.error(at, "respawn.not-executable", message);
    }
  }
  for (const { value: access, at } of haCf.clientAccess) {
    const known =
      access.users.some((user) => machine.accountExists("user", user)) ||
      access.groups.some((group) => machine.accountExists("group", group));
    if (known) continue;
    const message = `none of these users and groups exists on this machine, so no client ${access.name} is let in; create one of them if there shall be such a client`;
    problems.warning(at, "apiauth.nobody", message);
  }
}

/** As in heartbeat: with resources, everybody who may hold them is named. */
export function checkAutoJoin(haCf: HaCf, groups: number, problems: Problems): void {
  const { autoJoin } = haCf;
  if (autoJoin === undefined || autoJoin.value === "none" || groups === 0) return;
  const message =
    haCf.writtenIn === "ha.cf"
      ? `autojoin ${autoJoin.value} conflicts with haresources: who may hold resources is named in ha.cf; write \`autojoin none\`, and a \`node\` line for each machine`
      : `autojoin ${autoJoin.value} conflicts with groups: who may hold resources is named; write none, and each machine under \`nodes\``;
  problems.error(autoJoin.at, "autojoin.haresources", message);
}

/** What a name in haresources means; `agent` is any provider's name. */
export type ResourceMeaning = Omit<Extract<Resolution, { ok: true }>, "agent"> & { readonly agent: string };

/** What systole.yaml says of a resource besides its name: the agent of a plugin, or what haresources would have. */
export type GivenMeaning =
  | { readonly plugin: string; readonly args: readonly string[] }
  | { readonly text: string };

function givenMeaning(
  given: GivenMeaning,
  lookup: ResourceLookup,
): Resolution | (ResourceMeaning & { readonly ok: true }) {
  if ("text" in given) return resolveResource(given.text, lookup);
  const { plugin, args } = given;
  return { ok: true, agent: plugin, args, resolvesTo: `plugin:${plugin}` };
}

function checkResolved(
  word: Word,
  resolution: ResourceMeaning,
  addresses: Map<string, Word>,
  machine: Machine,
  problems: Problems,
): void {
  if (resolution.interface !== undefined && !machine.interfaceExists(resolution.interface)) {
    const message = `there is no interface ${resolution.interface} on this machine; \`ip link\` lists those that exist`;
    problems.error(word, "interface.missing", message);
  }
  if (resolution.address === undefined) return;
  const earlier = addresses.get(resolution.address);
  if (earlier === undefined) {
    addresses.set(resolution.address, word);
  } else if (earlier.text !== word.text) {
    const message = `the address ${resolution.address} stands in line ${earlier.line} already; delete one of the two`;
    problems.error(word, "haresources.address-repeated", message);
  }
}

export interface ResolvedResource {
  /** As written. */
  readonly text: string;
  /** E.g. `native:ipaddr` or `lsb:/etc/init.d/nginx`; null when nothing was found. */
  readonly resolvesTo: string | null;
}

export interface CheckedResources {
  readonly resolutions: ReadonlyMap<string, ResourceMeaning>;
  /** In the order of the file, repetitions too. */
  readonly table: readonly ResolvedResource[];
}

/**
 * Resolves every resource and compares the file with the nodes of ha.cf and with this machine. `meanings` are
 * those that systole.yaml gives, by the resource's text.
 */
export function checkResources(
  lines: readonly HaResourcesLine[],
  haCf: HaCf,
  machine: Machine,
  lookup: ResourceLookup,
  meanings: ReadonlyMap<string, GivenMeaning>,
  problems: Problems,
): CheckedResources {
  const nodes = haCf.nodes.map((node) => node.value);
  const resolutions = new Map<string, ResourceMeaning>();
  const table: ResolvedResource[] = [];
  const addresses = new Map<string, Word>();
  for (const { node, resources } of lines) {
    if (nodes.length > 0 && !nodes.includes(node.text)) {
      const hint = didYouMean(node.text, nodes) || `; write one of: ${nodes.join(", ")}`;
      problems.error(node, "haresources.node-unknown", `node "${node.text}" is not in ha.cf${hint}`);
    }
    for (const word of resources) {
      const given = meanings.get(word.text);
      const resolution =
        given === undefined ? resolveResource(word.text, lookup) : givenMeaning(given, lookup);
      table.push({ text: word.text, resolvesTo: resolution.ok ? resolution.resolvesTo : null });
      if (resolution.ok) {
        resolutions.set(word.text, resolution);
        checkResolved(word, resolution, addresses, machine, problems);
      } else {
        problems.error(word, resolution.code, resolution.message);
      }
    }
  }
  return { resolutions, table };
}
