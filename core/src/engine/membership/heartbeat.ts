// heartbeat's membership protocol as a pure machine: who is there, heard over which links, in which life.
import {
  textField,
  textMessage,
  type MembershipInit,
  type MembershipInput,
  type MembershipMachine,
  type MembershipOutput,
  type Membership,
  type Message,
  type NodeState,
  type NodeView,
} from "../../ports/index.js";
import { heardOwnName, isAddressedTo, noteUuid } from "./identity.js";
import { Joining } from "./joining.js";
import { judgeLife, type LifeVerdict } from "./life.js";
import { ownLatenessMs, type JudgingContext } from "./liveness.js";
import type { NodeRecord } from "./node-record.js";
import { Outbox, type Instant } from "./outbox.js";
import { seededRandom } from "./random.js";
import { Reliability } from "./reliability.js";
import { Roster } from "./roster.js";
import { judgeStatus } from "./status.js";
import { hex, isUnsequenced, numberField } from "./wire-values.js";

export const heartbeatMembership: Membership = { create: (init) => new HeartbeatMembership(init) };

class HeartbeatMembership implements MembershipMachine {
  private readonly roster: Roster;
  private readonly outbox: Outbox;
  private readonly reliability: Reliability;
  private readonly joining: Joining;
  private published: Readonly<Record<string, string>>;
  private startedAtMs: number | undefined;
  private nextStatusMs = 0;
  private dueMs = Number.POSITIVE_INFINITY;
  private settled = false;
  private left = false;

  constructor(private readonly init: MembershipInit) {
    const random = seededRandom(init.seed);
    this.roster = new Roster(init, random);
    this.outbox = new Outbox(init, (name) => this.roster.find(name)?.uuid);
    this.reliability = new Reliability(init, this.outbox, random);
    this.joining = new Joining(init, this.outbox);
    this.published = init.published;
  }

  step(input: MembershipInput, nowMs: number, wallMs: number): readonly MembershipOutput[] {
    const now = { nowMs, wallMs };
    if (this.left) return [];
    this.begin(now);
    const lateMs = ownLatenessMs(this.dueMs, nowMs, this.init.timings);
    if (lateMs > 0) {
      this.roster.excuse(lateMs);
      this.outbox.event("self.late", "warn", { lateMs: Math.round(lateMs) });
    }
    this.absorb(input, now);
    if (!this.left) this.doWhatIsDue(now);
    this.dueMs = this.deadline();
    return this.outbox.drain();
  }

  deadline(): number {
    if (this.left) return Number.POSITIVE_INFINITY;
    return Math.min(
      this.nextStatusMs,
      this.roster.own.state === "active" ? Number.POSITIVE_INFINITY : this.joining.deadline(),
      this.reliability.deadline(this.roster.peers),
      this.roster.deadline(this.judging()),
    );
  }

  view(): readonly NodeView[] {
    return this.roster.view();
  }

  snapshot(): unknown {
    return {
      version: 1,
      sequence: this.outbox.highest(),
      history: this.outbox.history.size(),
      nodes: this.view(),
    };
  }

  private begin(now: Instant): void {
    if (this.startedAtMs !== undefined) return;
    this.startedAtMs = now.nowMs;
    this.dueMs = now.nowMs;
    this.roster.own.generation = this.init.generation;
    this.roster.own.dialect = "systole";
    this.nextStatusMs = now.nowMs;
    this.change(this.roster.own, "up", "started");
  }

  private absorb(input: MembershipInput, now: Instant): void {
    switch (input.kind) {
      case "tick":
        return;
      case "message.received":
        return this.received(input.link, input.message, now);
      case "message.send":
        return this.outbox.send(input.message, now, input.to);
      case "publish":
        this.published = input.fields;
        return this.sayStatus(now);
      case "leave":
        this.left = true;
        return;
    }
  }

  private doWhatIsDue(now: Instant): void {
    if (now.nowMs >= this.nextStatusMs) this.pulse(now);
    this.roster.bury(this.judging(), now.nowMs, this.outbox);
    this.reliability.tick(this.roster.peers, now);
    if (this.roster.own.state === "active") return;
    if (this.joining.advance(this.roster.others, now)) {
      this.settled = true;
      this.change(this.roster.own, "active", "joined");
      // Said at the next tick, after what the policy has to say about it.
      this.nextStatusMs = now.nowMs;
    } else if (!this.settled && this.roster.isSettled()) {
      this.settled = true;
    }
  }

  /** A sign of life to everybody, and a question to every ping node. */
  private pulse(now: Instant): void {
    const { keepaliveMs } = this.init.timings;
    this.nextStatusMs = Math.max(this.nextStatusMs + keepaliveMs, now.nowMs + keepaliveMs / 2);
    this.sayStatus(now);
    this.probe(now);
  }

  private sayStatus(now: Instant): void {
    const { state } = this.roster.own;
    const dt = hex(this.init.timings.deadMs);
    this.outbox.send(textMessage({ t: "status", st: state, dt, protocol: "1", ...this.published }), now);
  }

  private probe(now: Instant): void {
    for (const { name, group } of this.init.pingNodes) {
      const info = group ? "ping_group" : "ping";
      const message = textMessage({ t: "NS_st", st: "ping", info, src: name, ts: hex(now.wallMs / 1000) });
      this.outbox.sendRaw(message, [name]);
    }
  }

  private received(link: string, message: Message, now: Instant): void {
    const type = textField(message, "t");
    const source = textField(message, "src")?.toLowerCase();
    if (type === undefined || source === undefined || numberField(message, "ts", 16) === undefined) {
      return this.outbox.event("message.incomplete", "warn", { link, type, source });
    }
    if (source === this.init.self) return heardOwnName(message, link, this.init, this.outbox);
    const node = this.roster.find(source);
    if (node === undefined) return this.outbox.event("message.foreign", "warn", { link, source, type });
    if (node.kind === "ping") return this.heardEcho(node, link, type, now);
    this.heardPeer(node, link, type, message, now);
  }

  private heardEcho(node: NodeRecord, link: string, type: string, now: Instant): void {
    if (type !== "NS_st" || link !== node.name) return;
    this.roster.linkHeard(node, link, now.nowMs, this.outbox);
    node.heardAtMs = now.nowMs;
    if (node.state !== "ping") this.change(node, "ping", "answers");
  }

  private heardPeer(node: NodeRecord, link: string, type: string, message: Message, now: Instant): void {
    const isStatus = type === "status";
    const generation = numberField(message, "hg", 16) ?? node.generation;
    const sequence = isUnsequenced(type) ? undefined : numberField(message, "seq", 16);
    if (sequence === undefined && !isUnsequenced(type)) {
      return this.outbox.event("message.incomplete", "warn", { link, type, source: node.name });
    }
    const verdict = judgeLife(node, generation, sequence ?? 0, isStatus);
    if (!this.acceptLife(node, verdict, generation, now)) return;
    if (isStatus) noteUuid(node, message, this.init, this.outbox);
    this.roster.linkHeard(node, link, now.nowMs, this.outbox);
    if (sequence !== undefined && !this.reliability.arrived(node, sequence, now)) {
      return this.outbox.event("message.duplicate", "debug", { node: node.name, link, sequence });
    }
    if (isAddressedTo(message, this.init)) this.dispatch(node, type, message, now);
  }

  /** False: the message belongs to a life that is over. */
  private acceptLife(node: NodeRecord, verdict: LifeVerdict, generation: number, now: Instant): boolean {
    switch (verdict.kind) {
      case "same":
        return true;
      case "stale":
        this.outbox.event("message.stale", "debug", { node: node.name, generation });
        return false;
      case "replayed":
        this.outbox.event("message.replayed", "warn", {
          node: node.name,
          generation,
          known: node.generation,
        });
        return false;
      case "new":
        if (verdict.unnoticed) this.change(node, "dead", node.released ? "stopped" : "restarted");
        node.returnReason = node.generation === 0 ? "started" : "restarted";
        node.generation = generation;
        node.released = false;
        node.lastStatusSequence = 0;
        node.forgetSequence();
        // It cannot know us yet, and believes nothing else before a status.
        this.sayStatus(now);
        return true;
      case "healed":
        this.outbox.event("partition.healed", "warn", { node: node.name, silentMs: silentMs(node, now) });
        node.returnReason = "partition-healed";
        node.forgetSequence();
        // Both sides want to know at once what the other and the ping nodes have to say.
        this.pulse(now);
        return true;
    }
  }

  private dispatch(node: NodeRecord, type: string, message: Message, now: Instant): void {
    switch (type) {
      case "status":
        return this.heardStatus(node, message, now);
      case "NS_ackmsg":
        return this.reliability.acknowledged(node, message, this.roster.peers);
      case "NS_rexmit":
        return this.reliability.requested(node, message, now);
      case "NS_nak_rexmit":
        return this.reliability.refused(node, message);
      case "reqnodes":
        return this.joining.asked(node.name, now);
      case "repnodes":
        return this.joining.told(node.name, message);
      default:
        if (type === "shutdone") this.saidGoodbye(node);
        return this.outbox.emit({ kind: "message.delivered", from: node.name, message });
    }
  }

  private heardStatus(node: NodeRecord, message: Message, now: Instant): void {
    const verdict = judgeStatus(node, message, now.nowMs, this.init.timings);
    for (const event of verdict.events) this.outbox.emit({ kind: "event", event });
    if (verdict.state === undefined) return;
    node.dialect = verdict.dialect;
    node.deadMs = verdict.deadMs ?? node.deadMs;
    node.heardAtMs = now.nowMs;
    // Overtaken on the way: a sign of life, but old news.
    const sequence = numberField(message, "seq", 16) ?? 0;
    if (sequence < node.lastStatusSequence) return;
    node.lastStatusSequence = sequence;
    if (verdict.state !== node.state) this.change(node, verdict.state, node.returnReason);
    this.outbox.emit({ kind: "status.heard", from: node.name, message });
  }

  // Between Systole nodes a goodbye is the end of that life; heartbeat's daemons are awaited until they fall silent.
  private saidGoodbye(node: NodeRecord): void {
    node.released = true;
    if (node.dialect === "systole") this.change(node, "dead", "stopped");
  }

  private judging(): JudgingContext {
    return { startedAtMs: this.startedAtMs ?? 0, timings: this.init.timings, settled: this.settled };
  }

  private change(node: NodeRecord, to: NodeState, reason: string): void {
    this.roster.change(node, to, reason, this.outbox);
  }
}

function silentMs(node: NodeRecord, now: Instant): number {
  return node.heardAtMs === undefined ? 0 : Math.round(now.nowMs - node.heardAtMs);
}
