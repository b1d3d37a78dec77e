// How one modelled heartbeat sees the cluster, in the words of Systole's view.
import type { ClusterView } from "@systole/core/engine";
import type { GroupSpec, GroupView, NodeView } from "@systole/core/ports";
import { isCalm, isLeaving, type Daemon, type Peer } from "./daemon.js";

/** As `ClusterView`, and the generation that the process runs with: it grows when a heartbeat starts itself anew. */
export interface HeartbeatView extends ClusterView {
  readonly generation: number;
}

export function viewOf(daemon: Daemon): HeartbeatView {
  const why = whyNotStable(daemon);
  return {
    node: daemon.init.self,
    generation: daemon.generation,
    nodes: [daemon.own, ...daemon.others].map((peer) => nodeView(daemon, peer)),
    problems: [],
    stable: why === undefined,
    why: why ?? "nothing moves",
    groups: daemon.init.groups.map((group) => groupView(daemon, group)),
  };
}

function whyNotStable(daemon: Daemon): string | undefined {
  if (daemon.leaving !== undefined) return `leaving: ${daemon.leaving.stage}`;
  if (daemon.own.status !== "active") return "not active yet";
  if (daemon.healedAtMs !== undefined) return "starts itself anew after a partition";
  if (daemon.nice && daemon.resources.state !== "stable") return `resources: ${daemon.resources.state}`;
  return isCalm(daemon) ? undefined : "resources are moving";
}

function nodeView(daemon: Daemon, peer: Peer): NodeView {
  const media = [...new Set(daemon.init.media ?? ["eth0"])];
  const heardOn = (name: string): boolean =>
    daemon.nowMs - (peer.links.get(name) ?? Number.NEGATIVE_INFINITY) <= peer.deadAfterMs;
  return {
    name: peer.name,
    kind: "normal",
    state: peer.status,
    reason: peer.reason,
    generation: peer.generation,
    dialect: "heartbeat",
    links: media.map((name) => ({ name, state: heardOn(name) ? "up" : "dead" })),
    heardAtMs: peer.statusAtMs,
    ...(peer.uuid !== undefined && { uuid: peer.uuid }),
  };
}

/** heartbeat knows bits only: what it holds at home, and away from home; and the same of the other. With legacy not even that. */
function groupView(daemon: Daemon, { key, home, resources }: GroupSpec): GroupView {
  const { hold, otherHold } = daemon.resources;
  const { self } = daemon.init;
  const atHome = home === self;
  const mine = atHome ? hold.local : hold.foreign;
  const theirs = atHome ? otherHold.foreign : otherHold.local;
  const living = daemon.others.find(({ status }) => status === "active")?.name;
  const counted = mine && !isLeaving(daemon) ? self : theirs ? living : undefined;
  const owner = daemon.nice
    ? counted
    : (daemon.others.find(({ name }) => name === home && name === living)?.name ?? self);
  const state = owner === undefined ? "stopped" : daemon.jobs.idle || owner !== self ? "started" : "starting";
  const members = resources.map(({ name, agent }) => ({ name, agent, state }) as const);
  return { key, home, owner, state, epoch: 0, why: "as heartbeat holds it", resources: members };
}
