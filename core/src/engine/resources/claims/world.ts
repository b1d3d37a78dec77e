// What one node knows at one moment: the input of every decision about claims.
import type { Failback, NodeView, PolicyInit } from "../../../ports/index.js";
import { LIMITS } from "../../limits.js";
import type { Standing } from "../isolation/watch.js";
import type { NodeReport } from "./report.js";

/** Another node, as far as this one can tell. */
export interface Peer {
  readonly name: string;
  readonly state: NodeView["state"];
  /** It has said goodbye. */
  readonly stopped?: boolean;
  /** Its last report; undefined until it was heard in this life of it. */
  readonly report: NodeReport | undefined;
  /** Since when it says that it hears nobody and has let go; undefined: it does not say so. */
  readonly aloneSinceMs?: number;
  /** It is heard, and says that it does not hear this node: from when on that counts. Undefined: it does not say so. */
  readonly deafFromMs?: number;
}

export interface World {
  readonly self: string;
  /** Every normal node in the order of the configuration, self included. */
  readonly order: readonly string[];
  readonly failback: Failback;
  readonly ipfail: boolean;
  /** This node is active. */
  readonly active: boolean;
  /** This node is on its way out. */
  readonly leaving: boolean;
  /** Ping nodes that answer this node. */
  readonly pings: number;
  /** Since when this node reaches fewer ping nodes than a peer; undefined when it does not. */
  readonly behindSinceMs: number | undefined;
  readonly keepaliveMs: number;
  readonly peers: readonly Peer[];
  /** There are other nodes, and none of them was ever heard in this life of this node. */
  readonly unaided: boolean;
  /** How long what the network said of another host that serves a group is believed. */
  readonly elsewhereAgainMs: number;
  /** Dead nodes whose resources may still run: they must be fenced first. */
  readonly unsettled: ReadonlySet<string>;
  /**
   * Dead nodes that may take what this node would take: all that are not fenced, for who held nothing may take over as well. None
   * where a quorum keeps one side from it.
   */
  readonly rivals: ReadonlySet<string>;
  /** What isolation lets this node do. */
  readonly standing: Standing;
  readonly nowMs: number;
}

/** What this node has found out, besides what membership says. */
export interface Found extends Pick<World, "peers" | "behindSinceMs" | "leaving" | "standing" | "nowMs"> {
  readonly fencing: { unsettled(): ReadonlySet<string>; rivals(): ReadonlySet<string> };
}

const NOBODY: ReadonlySet<string> = new Set();

/** Made often: each field by itself. */
export function worldOf(
  { self, nodes: order, failback, ipfail, keepaliveMs, quorum }: PolicyInit,
  nodes: readonly NodeView[],
  found: Found,
): World {
  const others = nodes.filter(({ kind, name }) => kind === "normal" && name !== self);
  return {
    self,
    order,
    failback,
    ipfail,
    active: nodes[0]?.state === "active",
    leaving: found.leaving,
    pings: pingsOf(nodes),
    behindSinceMs: found.behindSinceMs,
    keepaliveMs,
    peers: found.peers,
    unaided: others.length > 0 && others.every(({ heardAtMs }) => heardAtMs === undefined),
    elsewhereAgainMs: LIMITS.elsewhereAgainMs + LIMITS.elsewhereTurnMs * Math.max(0, order.indexOf(self)),
    unsettled: found.fencing.unsettled(),
    rivals: quorum === true ? NOBODY : found.fencing.rivals(),
    standing: found.standing,
    nowMs: found.nowMs,
  };
}

export function peerOf(world: World, name: string): Peer | undefined {
  return world.peers.find((peer) => peer.name === name);
}

export function isLive(peer: Peer): boolean {
  return peer.state === "up" || peer.state === "active";
}

/** Takes part and says that it would take groups. */
export function isReady(peer: Peer): boolean {
  return peer.state === "active" && peer.report?.ready === true && !isAlone(peer);
}

/** It is heard, and has not said yet that it would take groups: it says so a moment after it has become active. */
export function isJoining(peer: Peer): boolean {
  return peer.state === "up" || (peer.state === "active" && peer.report?.ready !== true);
}

/** It is heard, and does not hear the others. */
export function isAlone(peer: Peer): boolean {
  return peer.report?.alone === true;
}

/** Long enough that it is no moment of a network that heals. */
export function isAloneForLong(peer: Peer, world: World): boolean {
  const { aloneSinceMs } = peer;
  return aloneSinceMs !== undefined && world.nowMs >= aloneSinceMs + 2 * world.keepaliveMs;
}

/** How many ping nodes answer. */
export function pingsOf(nodes: readonly NodeView[]): number {
  return nodes.filter((node) => node.kind === "ping" && node.state === "ping").length;
}

/** Names of the nodes that are not heard. */
export function deadAmong(nodes: readonly NodeView[]): readonly string[] {
  return nodes.filter(({ kind, state }) => kind === "normal" && state === "dead").map(({ name }) => name);
}
