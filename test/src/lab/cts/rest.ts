// What is not as it must be in a cluster at rest, in sentences: who is there, who owns what, by every node's word, and by the kernel.
import { holdsAddress } from "../holders.js";
import type { StatusDocument } from "../in-lab.js";
import type { HostProcess } from "../processes.js";
import type { Cluster } from "./cluster.js";
import { keyOf, NAMES, type Group, type Name } from "./three-nodes.js";

/** Empty: the running nodes agree, and with a quorum every group is served once, at home if it can be; without one, nothing is. */
export async function disagreements(cluster: Cluster): Promise<readonly string[]> {
  const running = cluster.running();
  const documents = await Promise.all(running.map((name) => cluster.status(name)));
  const wrong: string[] = [];
  for (const [index, name] of running.entries()) {
    const document = documents[index];
    wrong.push(...(document === undefined ? [`${name} does not answer`] : amissAt(document, running)));
  }
  const hasQuorum = running.length * 2 > NAMES.length;
  for (const group of cluster.groups) {
    wrong.push(...amissOf(cluster, group, hasQuorum));
    const [owner] = holdersOf(cluster, group);
    for (const document of documents)
      if (document !== undefined && owner !== undefined) wrong.push(...amissIn(document, group, owner));
  }
  return wrong;
}

/** A node's view of the others. */
function amissAt({ node, stable, why, nodes, problems }: StatusDocument, running: readonly Name[]): string[] {
  const wrong = stable ? [] : [`${node} is not stable: ${why}`];
  for (const name of NAMES) {
    const state = nodes.find((one) => one.name === name)?.state ?? "unknown";
    if ((state === "active") !== running.includes(name)) wrong.push(`${node} has ${name} for ${state}`);
  }
  return [...wrong, ...(problems ?? []).map((problem) => `${node} has a problem: ${problem}`)];
}

/** A node's view of a group, beside what is. */
function amissIn({ node, groups }: StatusDocument, group: Group, owner: Name): string[] {
  const key = keyOf(group);
  const found = groups.find((one) => one.key === key);
  if (found?.owner !== owner)
    return [`${node} says that ${found?.owner ?? "nobody"} has ${key}, and ${owner} has`];
  const idle = found.resources.filter(({ state }) => node === owner && state !== "started");
  return idle.map(({ name, state }) => `${node} has ${name} ${state}`);
}

/** What the machines themselves show: the address and the service on the same one, and on the right one. */
function amissOf(cluster: Cluster, group: Group, hasQuorum: boolean): readonly string[] {
  const addresses = holdersOf(cluster, group);
  const services = NAMES.filter((name) => !cluster.isLeftOver(name) && serves(cluster, name, group));
  const key = keyOf(group);
  if (addresses.join() !== services.join())
    return [`${key} has its address on [${addresses.join()}], its service on [${services.join()}]`];
  const [on] = addresses;
  if (addresses.length !== (hasQuorum ? 1 : 0)) return [`${key} is on [${addresses.join()}]`];
  if (on === undefined) return [];
  if (cluster.standingBy === on) return [`${key} is on ${on}, which stands by`];
  const isHomely = cluster.running().includes(group.home) && cluster.standingBy !== group.home;
  return isHomely && on !== group.home ? [`${key} is on ${on}, not at home on ${group.home}`] : [];
}

/** Whether a node runs what belongs to a group besides its address. */
export function serves(cluster: Cluster, name: Name, { service }: Group): boolean {
  if (service.kind === "mark") return cluster.node(name).has(service.path);
  return nginxOn(cluster, name).length > 0;
}

export function nginxOn(cluster: Cluster, name: Name): readonly HostProcess[] {
  const all = cluster.node(name).host.processes();
  return all.filter(({ program, state }) => program === "nginx" && state !== "Z");
}

/** The nodes that have the address of a group. */
export function holdersOf(cluster: Cluster, { address }: Group): readonly Name[] {
  return NAMES.filter((name) => holdsAddress(cluster.node(name).host.pid, address));
}
