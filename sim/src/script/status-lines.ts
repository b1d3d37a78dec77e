// How a cluster stands, as a small table: what each node believes of the others, what it runs, and where the groups are and why.
import type { SimulatedCluster } from "../cluster.js";
import type { SimNode } from "../node.js";
import { columns } from "./columns.js";

export function statusLines(cluster: SimulatedCluster): readonly string[] {
  const nodes = cluster.names.map((name) => nodeRow(cluster, name, cluster.nodes.get(name)));
  const groups = cluster.plan.groups.map(({ key, home }) => groupRow(cluster, key, home));
  return [
    ...columns([["node", "daemon", "hears", "runs", "says"], ...nodes]),
    ...columns([["group", "home", "owner", "why"], ...groups]),
  ];
}

function nodeRow(cluster: SimulatedCluster, name: string, node: SimNode | undefined): readonly string[] {
  const runs = node === undefined ? [] : [...node.running].toSorted();
  const held = runs.join(" ") || "-";
  if (node?.alive !== true) return [name, node?.powered === true ? "none" : "off", "-", held, "-"];
  if (node.frozen) return [name, node.paused ? "frozen" : "hangs", "-", held, "-"];
  const { nodes, stable, why } = cluster.view(name);
  const others = nodes.filter((other) => other.name !== name);
  const heard = others.filter(({ state }) => state !== "dead" && state !== "init");
  const own = nodes.find((one) => one.name === name)?.state ?? "init";
  return [
    name,
    own,
    heard.map((other) => other.name).join(" ") || "nobody",
    held,
    `${stable ? "stable" : "unstable"}: ${why}`,
  ];
}

/** As the nodes that can be asked say it; where they do not agree, each says its own. */
function groupRow(cluster: SimulatedCluster, key: string, home: string): readonly string[] {
  const asked = [...cluster.nodes.values()].filter(({ alive, frozen }) => alive && !frozen);
  const views = asked.flatMap(({ name }) => {
    const group = cluster.view(name).groups.find((one) => one.key === key);
    return group === undefined ? [] : [{ name, owner: group.owner ?? "nobody", why: group.why }];
  });
  const owners = [...new Set(views.map(({ owner }) => owner))];
  const [first] = views;
  if (first === undefined) return [key, home, "-", "no daemon can be asked"];
  if (owners.length > 1) {
    const each = views.map(({ name, owner }) => `${owner} (says ${name})`);
    return [key, home, each.join(", "), "the nodes do not agree"];
  }
  const told = views.find(({ name }) => name === first.owner) ?? first;
  return [key, home, first.owner, told.why];
}
