// Which nodes there are, as it changes at run time: nodes are added, deleted, weighed and placed by an operator on any of
// them, join by themselves where that is allowed, and a node that was away is told by a peer.
import { textMessage, type MembershipInit, type Message, type NodeRequest } from "../../ports/index.js";
import { LIMITS } from "../limits.js";
import { messageOf, nameList, namesIn, objectionTo, requestOf } from "./node-edits.js";
import type { Instant, Outbox } from "./outbox.js";
import { readSavedNodes, savedNodes } from "./saved-nodes.js";
import type { Roster } from "./roster.js";

export interface EditResult {
  readonly ok: boolean;
  /** A sentence. */
  readonly reason: string;
}

export class NodeList {
  /** Names of nodes that were deleted: told to nodes that were away. */
  private deleted: readonly string[] = [];

  constructor(
    private readonly init: MembershipInit,
    private readonly roster: Roster,
    private readonly outbox: Outbox,
  ) {
    const saved = readSavedNodes(init.restored);
    const known = new Set([...roster.names(), ...init.pingNodes.map(({ name }) => name)]);
    // What is configured is a member, whatever was deleted before.
    this.deleted = saved.deleted.filter((name) => !known.has(name));
    for (const { name, uuid, weight, site } of saved.nodes) {
      const isFull = roster.names().length >= LIMITS.nodes;
      if (!known.has(name) && isFull) continue;
      const node = name === init.self ? roster.own : (roster.find(name) ?? roster.add(name));
      if (node.kind === "ping") continue;
      if (node !== roster.own && uuid !== undefined) node.uuid = uuid;
      node.weight = weight;
      node.site = site;
    }
  }

  /** An operator here wants a change: it is made and told to the others, or refused. */
  request(request: NodeRequest, now: Instant): EditResult {
    const lower = lowerCase(request);
    const objection = objectionTo(lower, this.roster);
    if (objection !== undefined) return { ok: false, reason: objection };
    this.apply(lower, this.init.self, now);
    this.outbox.send(messageOf(lower), now);
    return { ok: true, reason: "done, and told to the others" };
  }

  /** A message of a peer that is about the list. False: it is about something else. */
  heard(type: string, from: string, message: Message, now: Instant): boolean {
    if (type === "reqnodes") {
      this.tell(from, now);
      return true;
    }
    if (type !== "addnode" && type !== "delnode" && type !== "setweight" && type !== "setsite") return false;
    const request = requestOf(type, message);
    const objection = request === undefined ? "it is not understood" : objectionTo(request, this.roster);
    if (request !== undefined && objection === undefined) this.apply(request, from, now);
    else this.outbox.event("nodes.edit-refused", "warn", { by: from, type, reason: objection });
    return true;
  }

  /** The answer to our question which nodes there are. False: the others have deleted this node. */
  told(from: string, message: Message): boolean {
    const theirs = namesIn(message, "nodelist");
    const gone = namesIn(message, "delnodelist").filter((name) => !theirs.includes(name));
    if (gone.includes(this.init.self)) return false;
    const removed = gone.filter((name) => this.roster.find(name)?.isLive() === false);
    this.remove(removed);
    const missingThere = this.roster.names().filter((name) => !theirs.includes(name));
    const unknownHere = theirs.filter((name) => !this.roster.names().includes(name));
    if (missingThere.length > 0 || unknownHere.length > 0)
      this.outbox.event("nodes.differ", "warn", { peer: from, missingThere, unknownHere });
    if (objectionTo({ kind: "add", nodes: unknownHere }, this.roster) === undefined) {
      this.add(unknownHere, undefined);
      this.outbox.event("nodes.added", "info", { nodes: unknownHere, by: from });
    }
    if (removed.length > 0) this.outbox.event("nodes.deleted", "info", { nodes: removed, by: from });
    if (removed.length > 0 || unknownHere.length > 0) this.persist();
    return true;
  }

  /**
   * Somebody who is no member speaks. Where that is allowed it becomes one, and what it said is heard when it says it
   * again. One that was deleted is told so when it asks.
   */
  stranger(name: string, type: string, now: Instant): "joined" | "told" | "foreign" {
    if (this.deleted.includes(name)) {
      if (type !== "reqnodes") return "foreign";
      this.tell(name, now);
      return "told";
    }
    const { autoJoin = "none" } = this.init;
    if (autoJoin === "none" || objectionTo({ kind: "add", nodes: [name] }, this.roster) !== undefined)
      return "foreign";
    this.add([name], now.nowMs);
    this.persist();
    this.outbox.event("nodes.added", "info", { nodes: [name], by: "autojoin" });
    return "joined";
  }

  /** Says what is known, to be read again in the next life. */
  persist(): void {
    const nodes = [this.roster.own, ...this.roster.peers].map(({ name, uuid, weight, site }) => ({
      name,
      uuid: name === this.init.self ? this.init.uuid : uuid,
      weight,
      site,
    }));
    this.outbox.emit({ kind: "nodes.persist", state: savedNodes({ nodes, deleted: this.deleted }) });
  }

  private tell(to: string, now: Instant): void {
    const nodelist = nameList(this.roster.names());
    this.outbox.send(textMessage({ t: "repnodes", nodelist, delnodelist: nameList(this.deleted) }), now, to);
  }

  private apply(request: NodeRequest, by: string, now: Instant): void {
    switch (request.kind) {
      case "add":
        this.add(request.nodes, now.nowMs);
        this.outbox.event("nodes.added", "info", { nodes: request.nodes, by });
        break;
      case "delete":
        this.remove(request.nodes);
        this.outbox.event("nodes.deleted", "info", { nodes: request.nodes, by });
        break;
      case "weight":
      case "site": {
        const node = request.node === this.init.self ? this.roster.own : this.roster.find(request.node);
        if (node === undefined) return;
        if (request.kind === "weight") node.weight = request.weight;
        else node.site = request.site;
        break;
      }
    }
    this.persist();
  }

  private add(nodes: readonly string[], knownSinceMs: number | undefined): void {
    for (const name of nodes) {
      if (this.roster.names().includes(name)) continue;
      this.roster.add(name).knownSinceMs = knownSinceMs;
    }
    this.deleted = this.deleted.filter((name) => !nodes.includes(name));
  }

  private remove(nodes: readonly string[]): void {
    for (const name of nodes) this.roster.remove(name);
    const others = this.deleted.filter((name) => !nodes.includes(name));
    this.deleted = [...others, ...nodes].slice(-LIMITS.deletedNodes);
  }
}

function lowerCase(request: NodeRequest): NodeRequest {
  if (request.kind === "add" || request.kind === "delete")
    return { ...request, nodes: [...new Set(request.nodes.map((name) => name.toLowerCase()))] };
  return { ...request, node: request.node.toLowerCase() };
}
