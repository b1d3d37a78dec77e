// The nodes that this one knows of, and the changes of their states: each change is said once.
import type { MembershipInit, NodeState, NodeView } from "../../ports/index.js";
import { LIMITS } from "../limits.js";
import { deathAtMs, excuse, linkDeathAtMs, type JudgingContext } from "./liveness.js";
import { NodeRecord } from "./node-record.js";
import type { Outbox } from "./outbox.js";

export class Roster {
  readonly own: NodeRecord;
  private readonly pings: readonly NodeRecord[];
  private readonly links: readonly string[];
  /** Normal nodes in the order of the configuration, then as they came; this one included. */
  private normal: readonly NodeRecord[];

  constructor(
    private readonly init: MembershipInit,
    private readonly random: () => number,
  ) {
    this.links = [...new Set(init.media)];
    this.own = this.record(init.self);
    const names = init.nodes.includes(init.self) ? init.nodes : [...init.nodes, init.self];
    this.normal = names.map((name) => (name === init.self ? this.own : this.record(name)));
    this.pings = init.pingNodes.map(
      ({ name }) => new NodeRecord(name, "ping", init.timings.pingDeadMs, [name], 0),
    );
  }

  /** Every other normal node. */
  get peers(): readonly NodeRecord[] {
    return this.normal.filter((node) => node !== this.own);
  }

  /** Peers, then ping nodes. */
  get others(): readonly NodeRecord[] {
    return [...this.peers, ...this.pings];
  }

  /** Normal nodes, this one included. */
  names(): readonly string[] {
    return this.normal.map((node) => node.name);
  }

  /** Ping nodes count too. */
  size(): number {
    return this.normal.length + this.pings.length;
  }

  add(name: string): NodeRecord {
    const node = this.record(name);
    this.normal = [...this.normal, node];
    return node;
  }

  remove(name: string): void {
    this.normal = this.normal.filter((node) => node.name !== name || node === this.own);
  }

  find(name: string): NodeRecord | undefined {
    return this.others.find((node) => node.name === name);
  }

  /** Everybody was heard since the start, or given up. */
  isSettled(): boolean {
    return this.others.every((node) => node.isSettled());
  }

  change(node: NodeRecord, to: NodeState, reason: string, outbox: Outbox): void {
    const from = node.state;
    node.state = to;
    node.reason = reason;
    outbox.emit({ kind: "node.changed", node: node.name, from, to, reason });
  }

  linkHeard(node: NodeRecord, name: string, nowMs: number, outbox: Outbox): void {
    const link = node.links.get(name);
    if (link === undefined) return;
    link.heardAtMs = nowMs;
    if (link.state === "up") return;
    link.state = "up";
    outbox.emit({ kind: "link.changed", node: node.name, link: name, to: "up" });
  }

  /**
   * Somebody says that a peer has gone from a medium, and nobody has proven it: the link is down until it is heard again. When the peer
   * itself was last heard does not change, so its own death is as far away as before. False: there is nothing to note.
   */
  linkHinted(name: string, link: string, outbox: Outbox): boolean {
    const record = this.peers.find((node) => node.name === name)?.links.get(link);
    if (record === undefined || record.state === "dead") return false;
    record.state = "dead";
    outbox.event("link.hinted", "info", { node: name, link });
    outbox.emit({ kind: "link.changed", node: name, link, to: "dead" });
    return true;
  }

  /** Declares dead what has been silent for too long. */
  bury(context: JudgingContext, nowMs: number, outbox: Outbox): void {
    for (const node of this.others) {
      for (const [name, link] of node.links) {
        if (nowMs < linkDeathAtMs(node, name)) continue;
        link.state = "dead";
        outbox.emit({ kind: "link.changed", node: node.name, link: name, to: "dead" });
      }
      if (nowMs < deathAtMs(node, context)) continue;
      node.forgetSequence();
      this.change(node, "dead", node.released ? "stopped" : "silent", outbox);
    }
  }

  excuse(lateMs: number): void {
    excuse(this.others, lateMs);
  }

  /** When the next silence becomes a death. */
  deadline(context: JudgingContext): number {
    let next = Number.POSITIVE_INFINITY;
    for (const node of this.others) {
      next = Math.min(next, deathAtMs(node, context));
      for (const link of node.links.keys()) next = Math.min(next, linkDeathAtMs(node, link));
    }
    return next;
  }

  view(): readonly NodeView[] {
    return [{ ...this.own.view(), links: this.ownLinks() }, ...this.others.map((node) => node.view())];
  }

  /** A medium of ours is up while some peer is heard over it: that is all that can be known of it from here. */
  private ownLinks(): NodeView["links"] {
    const heard = (name: string): boolean => this.peers.some((peer) => peer.links.get(name)?.state === "up");
    return [...this.own.links.keys()].map((name) => ({ name, state: heard(name) ? "up" : "dead" }));
  }

  private record(name: string): NodeRecord {
    const residue = Math.floor(this.random() * LIMITS.ackEvery);
    return new NodeRecord(name, "normal", this.init.timings.deadMs, this.links, residue);
  }
}
