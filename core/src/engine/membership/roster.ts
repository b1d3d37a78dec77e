// The nodes that this one knows of, and the changes of their states: each change is said once.
import type { MembershipInit, NodeState, NodeView } from "../../ports/index.js";
import { LIMITS } from "../limits.js";
import { deathAtMs, excuse, linkDeathAtMs, type JudgingContext } from "./liveness.js";
import { NodeRecord } from "./node-record.js";
import type { Outbox } from "./outbox.js";

export class Roster {
  readonly own: NodeRecord;
  /** Every other normal node, in the order of the configuration. */
  readonly peers: readonly NodeRecord[];
  /** Peers, then ping nodes. */
  readonly others: readonly NodeRecord[];
  private readonly byName: ReadonlyMap<string, NodeRecord>;

  constructor(init: MembershipInit, random: () => number) {
    const links = [...new Set(init.media)];
    const record = (name: string): NodeRecord =>
      new NodeRecord(name, "normal", init.timings.deadMs, links, Math.floor(random() * LIMITS.ackEvery));
    this.own = record(init.self);
    this.peers = init.nodes.filter((name) => name !== init.self).map(record);
    const pings = init.pingNodes.map(
      ({ name }) => new NodeRecord(name, "ping", init.timings.pingDeadMs, [name], 0),
    );
    this.others = [...this.peers, ...pings];
    this.byName = new Map(this.others.map((node) => [node.name, node]));
  }

  find(name: string): NodeRecord | undefined {
    return this.byName.get(name);
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
}
