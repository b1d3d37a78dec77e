// heartbeat's reliable delivery: acknowledgements, requests for what is missing, and answers to such requests.
import { textMessage, type MembershipInit, type Message } from "../../ports/index.js";
import { LIMITS } from "../limits.js";
import type { NodeRecord } from "./node-record.js";
import type { Instant, Outbox } from "./outbox.js";
import { acknowledgeable } from "./sequence.js";
import { hex, numberField } from "./wire-values.js";

export class Reliability {
  constructor(
    private readonly init: MembershipInit,
    private readonly outbox: Outbox,
    private readonly random: () => number,
  ) {}

  /** Tracks a numbered message. False: it was taken before, drop it. */
  arrived(node: NodeRecord, sequence: number, now: Instant): boolean {
    const fresh = node.sequence.complete() === undefined;
    const arrival = node.sequence.accept(sequence);
    if (fresh) node.lastAckSent = sequence - 1;
    switch (arrival.kind) {
      case "duplicate":
        return false;
      case "reset":
        node.requests.clear();
        this.outbox.event("messages.lost", "warn", { node: node.name, lost: arrival.lost });
        break;
      case "gap":
        for (const missing of arrival.missing) node.requests.set(missing, now.nowMs + this.firstDelayMs());
        this.outbox.event("messages.missing", "debug", { node: node.name, missing: arrival.missing.length });
        break;
      case "late":
        node.requests.delete(sequence);
        break;
      case "in-order":
        break;
    }
    this.acknowledge(node, now);
    return true;
  }

  /** Asks for what is due. */
  tick(nodes: Iterable<NodeRecord>, now: Instant): void {
    for (const node of nodes) {
      if (node.state !== "up" && node.state !== "active") continue;
      for (const [sequence, dueMs] of node.requests) {
        if (dueMs > now.nowMs) continue;
        node.requests.set(sequence, now.nowMs + this.init.timings.maxRetransmitDelayMs);
        const number = String(sequence);
        this.outbox.send(textMessage({ t: "NS_rexmit", firstseq: number, lastseq: number }), now, node.name);
      }
    }
  }

  deadline(nodes: Iterable<NodeRecord>): number {
    let next = Number.POSITIVE_INFINITY;
    for (const node of nodes) {
      if (node.state !== "up" && node.state !== "active") continue;
      for (const dueMs of node.requests.values()) next = Math.min(next, dueMs);
    }
    return next;
  }

  /** A peer says up to where it has everything. */
  acknowledged(node: NodeRecord, message: Message, normalNodes: readonly NodeRecord[]): void {
    const sequence = numberField(message, "ackseq", 16);
    if (sequence === undefined || sequence > this.outbox.highest() || sequence <= node.acknowledged) return;
    node.acknowledged = sequence;
    const live = normalNodes.filter((candidate) => candidate.state !== "dead");
    this.outbox.history.forget(Math.min(...live.map((candidate) => candidate.acknowledged)));
  }

  /** A peer misses messages of ours. */
  requested(node: NodeRecord, message: Message, now: Instant): void {
    const first = numberField(message, "firstseq", 10);
    const last = numberField(message, "lastseq", 10);
    if (first === undefined || last === undefined || last < first) return;
    const bounded = Math.min(last, first + LIMITS.retransmissionsPerRequest - 1, this.outbox.highest());
    for (let sequence = first; sequence <= bounded; sequence += 1) {
      if (sequence > node.acknowledged) this.sendAgain(node, sequence, now);
    }
  }

  /** What we asked for cannot be had any more. */
  refused(node: NodeRecord, message: Message): void {
    const sequence = numberField(message, "firstseq", 16);
    if (sequence === undefined) return;
    node.requests.delete(sequence);
    node.sequence.abandon(sequence);
    this.outbox.event("message.irretrievable", "warn", { node: node.name, sequence });
  }

  private sendAgain(node: NodeRecord, sequence: number, now: Instant): void {
    const recall = this.outbox.history.recall(sequence, now.nowMs);
    if (recall.kind === "found") this.outbox.sendRaw(recall.message);
    if (recall.kind !== "too-old" && recall.kind !== "unknown") return;
    const info = recall.kind === "too-old" ? "seqno too low" : "seqno not found";
    const answer = textMessage({ t: "NS_nak_rexmit", firstseq: hex(sequence), info });
    this.outbox.send(answer, now, node.name);
  }

  private acknowledge(node: NodeRecord, now: Instant): void {
    const complete = node.sequence.complete();
    if (complete === undefined) return;
    const value = acknowledgeable(complete, node.ackResidue);
    if (value <= node.lastAckSent) return;
    node.lastAckSent = value;
    this.outbox.send(textMessage({ t: "NS_ackmsg", ackseq: hex(value) }), now, node.name);
  }

  private firstDelayMs(): number {
    const max = this.init.timings.maxRetransmitDelayMs;
    const min = max < 2 * LIMITS.retransmitFirstMinMs ? 0 : LIMITS.retransmitFirstMinMs;
    return min + this.random() * (max - min);
  }
}
