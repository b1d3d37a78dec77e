// heartbeat's membership protocol as a pure machine: who is there, heard over which links, in which life.
import {
  textField,
  type MembershipInit,
  type MembershipInput,
  type MembershipMachine,
  type MembershipOutput,
  type Membership,
  type Message,
  type NodeState,
  type NodeView,
} from "../../ports/index.js";
import { heardOwnName, isAddressedTo, maySayUuid, noteUuid, type IdentityContext } from "./identity.js";
import { Joining } from "./joining.js";
import { judgeLife, type LifeVerdict } from "./life.js";
import { ownLatenessMs, type JudgingContext } from "./liveness.js";
import { NodeList } from "./node-list.js";
import { NodeRecord } from "./node-record.js";
import { Outbox, type Instant } from "./outbox.js";
import { Pulse } from "./pulse.js";
import { SeededRandom } from "./random.js";
import { Reliability } from "./reliability.js";
import { Roster } from "./roster.js";
import { SequenceTracker } from "./sequence.js";
import { judgeStatus } from "./status.js";
import { Troubles } from "./troubles.js";
import { isUnsequenced, numberField } from "./wire-values.js";
import { readState, stateIn, writeState } from "../whole-state.js";

export const heartbeatMembership: Membership = { create: (init) => new HeartbeatMembership(init) };

const PARTS = [NodeRecord, SequenceTracker];

class HeartbeatMembership implements MembershipMachine {
  private readonly random: SeededRandom;
  private readonly roster: Roster;
  private readonly outbox: Outbox;
  private readonly reliability: Reliability;
  private readonly joining: Joining;
  private readonly nodes: NodeList;
  private readonly troubles = new Troubles();
  private readonly identity: IdentityContext;
  private readonly pulse: Pulse;
  private startedAtMs: number | undefined;
  private dueMs = Number.POSITIVE_INFINITY;
  private settled = false;
  private left = false;

  constructor(private readonly init: MembershipInit) {
    this.random = new SeededRandom(init.seed);
    const random = (): number => this.random.next();
    this.roster = new Roster(init, random);
    const uuidOf = (name: string) => this.roster.find(name)?.uuid;
    // Whose it is besides is known when everybody was heard.
    const ownUuid = (): Uint8Array | undefined =>
      this.settled && maySayUuid(init.uuid, this.roster) ? init.uuid : undefined;
    this.outbox = new Outbox(init, uuidOf, () => this.roster.size(), ownUuid);
    this.reliability = new Reliability(init, this.outbox, random);
    this.joining = new Joining(this.outbox);
    this.nodes = new NodeList(init, this.roster, this.outbox);
    this.identity = { init, roster: this.roster, outbox: this.outbox, troubles: this.troubles };
    this.pulse = new Pulse(init, this.outbox, () => this.roster.own.state);
  }

  step(input: MembershipInput, nowMs: number, wallMs: number): readonly MembershipOutput[] {
    const now = { nowMs, wallMs };
    if (this.left) return [];
    this.begin(now);
    this.troubles.advance(nowMs);
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
      this.pulse.nextAtMs,
      this.roster.own.state === "active" ? Number.POSITIVE_INFINITY : this.joining.deadline(),
      this.reliability.deadline(this.roster.peers),
      this.roster.deadline(this.judging()),
    );
  }

  view(): readonly NodeView[] {
    return this.roster.view();
  }

  problems(): readonly string[] {
    return this.troubles.list();
  }

  snapshot(): unknown {
    return { version: 2, state: writeState(this, PARTS) };
  }

  resume(snapshot: unknown): void {
    readState(this, stateIn(snapshot, 2), PARTS);
  }

  private begin(now: Instant): void {
    if (this.startedAtMs !== undefined) return;
    this.startedAtMs = now.nowMs;
    this.dueMs = now.nowMs;
    this.roster.own.generation = this.init.generation;
    this.roster.own.dialect = "systole";
    this.pulse.nextAtMs = now.nowMs;
    this.change(this.roster.own, "up", "started");
  }

  private absorb(input: MembershipInput, now: Instant): void {
    switch (input.kind) {
      case "tick":
        return;
      case "message.received":
        return this.received(input.link, input.message, now);
      case "link.hinted":
        if (this.roster.linkHinted(input.node, input.link, this.outbox)) this.pulse.nextAtMs = now.nowMs;
        return;
      case "message.send":
        return this.outbox.send(input.message, now, input.to);
      case "publish":
        this.pulse.published = input.fields;
        return this.pulse.sayStatus(now);
      case "nodes.edit":
        this.outbox.emit({ kind: "nodes.edited", id: input.id, ...this.nodes.request(input.request, now) });
        return;
      case "leave":
        this.left = true;
        return;
    }
  }

  private doWhatIsDue(now: Instant): void {
    if (now.nowMs >= this.pulse.nextAtMs) this.pulse.beat(now);
    this.roster.bury(this.judging(), now.nowMs, this.outbox);
    this.reliability.tick(this.roster.peers, now);
    if (this.roster.own.state === "active") return;
    if (this.joining.advance(this.roster.others, now)) {
      this.settled = true;
      this.change(this.roster.own, "active", "joined");
      // Said at the next tick, after what the policy has to say about it.
      this.pulse.nextAtMs = now.nowMs;
    } else if (!this.settled && this.roster.isSettled()) {
      this.settled = true;
    }
  }

  private received(link: string, message: Message, now: Instant): void {
    const type = textField(message, "t");
    const source = textField(message, "src")?.toLowerCase();
    if (type === undefined || source === undefined || numberField(message, "ts", 16) === undefined) {
      return this.outbox.event("message.incomplete", "warn", { link, type, source });
    }
    if (source === this.init.self) return heardOwnName(message, link, this.identity);
    const node = this.roster.find(source);
    if (node === undefined) return this.heardStranger(source, link, type, now);
    if (node.kind === "ping") return this.heardEcho(node, link, type, now);
    this.heardPeer(node, link, type, message, now);
  }

  private heardStranger(source: string, link: string, type: string, now: Instant): void {
    // It cannot know us yet either, and believes nothing else before a status.
    if (this.nodes.stranger(source, type, now) === "joined") return this.pulse.sayStatus(now);
    this.troubles.note(
      `foreign ${source}`,
      `${source} speaks on ${link} with our key and is no node of this cluster; name it in ha.cf, or give the other cluster a port and a key of its own`,
    );
    this.outbox.event("message.foreign", "warn", { link, source, type });
  }

  private heardEcho(node: NodeRecord, link: string, type: string, now: Instant): void {
    if (type !== "NS_st" || link !== node.name) return;
    this.roster.linkHeard(node, link, now.nowMs, this.outbox);
    node.heard(now.nowMs);
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
    if (isStatus && noteUuid(node, message, this.identity)) this.nodes.persist();
    if (sequence !== undefined && node.isNews(link, sequence))
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
        this.troubles.note(
          `replayed ${node.name}`,
          `${node.name} speaks with generation ${generation}, and ${node.generation} was heard before: its clock or its state was set back, or somebody replays old frames; set its clock right and start it again`,
        );
        this.outbox.event("message.replayed", "warn", {
          node: node.name,
          generation,
          known: node.generation,
        });
        return false;
      case "new":
        if (verdict.unnoticed) this.change(node, "dead", node.released ? "stopped" : "restarted");
        node.returnReason = node.generation === 0 ? "started" : "restarted";
        node.begin(generation);
        // It cannot know us yet, and believes nothing else before a status.
        this.pulse.sayStatus(now);
        return true;
      case "healed":
        this.outbox.event("partition.healed", "warn", node.silence(now.nowMs));
        node.returnReason = "partition-healed";
        node.forgetSequence();
        // Both sides want to know at once what the other and the ping nodes have to say.
        this.pulse.beat(now);
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
      case "repnodes":
        return this.toldNodes(node.name, message);
      default:
        if (this.nodes.heard(type, node.name, message, now)) return;
        if (type === "shutdone") this.saidGoodbye(node);
        return this.outbox.emit({ kind: "message.delivered", from: node.name, message });
    }
  }

  private toldNodes(from: string, message: Message): void {
    if (!this.joining.isAsking()) return;
    if (this.nodes.told(from, message)) return this.joining.told();
    this.troubles.note(
      "expelled",
      `${from} says that this node was deleted from the cluster (hb_addnode brings it back)`,
    );
    this.outbox.event("node.expelled", "error", { by: from });
    this.outbox.emit({ kind: "expelled", by: from });
  }

  private heardStatus(node: NodeRecord, message: Message, now: Instant): void {
    const verdict = judgeStatus(node, message, now.nowMs, this.init.timings);
    for (const event of verdict.events) this.outbox.emit({ kind: "event", event });
    if (verdict.state === undefined) return;
    node.dialect = verdict.dialect;
    node.deadMs = verdict.deadMs ?? node.deadMs;
    node.heard(now.nowMs);
    // Overtaken on the way: a sign of life, but old news.
    const sequence = numberField(message, "seq", 16) ?? 0;
    if (sequence < node.lastStatusSequence) return;
    node.lastStatusSequence = sequence;
    if (verdict.state !== node.state) this.change(node, verdict.state, node.returnReason);
    this.outbox.emit({ kind: "status.heard", from: node.name, message });
  }

  // Between Systole nodes a goodbye ends that life; heartbeat's daemons are awaited until they fall silent.
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
