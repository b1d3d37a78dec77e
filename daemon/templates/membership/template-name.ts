// Who is there: every node says each keepalive that it lives, and silence for `deadMs` is death. What the policy says is
// repeated until it was acknowledged. Pure: time comes as an argument, and what is to be sent is returned.
import {
  textField,
  textMessage,
  type Membership,
  type MembershipInit,
  type MembershipInput,
  type MembershipMachine,
  type MembershipOutput,
  type Message,
  type NodeState,
  type NodeView,
} from "@systole/sdk";
import { Peer } from "./peer.js";
import { letterMessage, readMessage, statusMessage, type Letter, type Status } from "./wire.js";

export class TemplateNameMembership implements Membership {
  create(init: MembershipInit): MembershipMachine {
    return new Machine(init);
  }
}

class Machine implements MembershipMachine {
  private readonly own: Peer;
  private readonly peers: readonly Peer[];
  private readonly pings: readonly Peer[];
  private published: Readonly<Record<string, string>>;
  /** Undefined before the first step. */
  private nextStatusMs: number | undefined;
  /** When this node takes part although it has not heard everybody. */
  private joinAtMs = Infinity;
  private left = false;
  private outputs: MembershipOutput[] = [];

  constructor(private readonly init: MembershipInit) {
    const { self, nodes, pingNodes, media, timings, published } = init;
    const node = (name: string) => new Peer(name, "normal", media, timings.deadMs);
    this.own = node(self);
    this.peers = nodes.filter((name) => name !== self).map(node);
    this.pings = pingNodes.map(({ name }) => new Peer(name, "ping", [name], timings.pingDeadMs));
    this.published = published;
  }

  step(input: MembershipInput, nowMs: number, wallMs: number): readonly MembershipOutput[] {
    if (this.left) return [];
    this.begin(nowMs);
    switch (input.kind) {
      case "tick":
        break;
      case "message.received":
        this.received(input.link, input.message, nowMs);
        break;
      case "message.send":
        this.post(input.message, input.to, nowMs);
        break;
      case "publish":
        this.published = input.fields;
        this.sayStatus();
        break;
      case "nodes.edit":
        this.outputs.push({
          kind: "nodes.edited",
          id: input.id,
          ok: false,
          reason: "this protocol's nodes are fixed",
        });
        break;
      case "leave":
        this.sayStatus("leaving");
        this.left = true;
        break;
    }
    if (!this.left) this.doWhatIsDue(nowMs, wallMs);
    const { outputs } = this;
    this.outputs = [];
    return outputs;
  }

  deadline(): number {
    if (this.left) return Infinity;
    const others = [...this.peers, ...this.pings].map((peer) => peer.deadline());
    return Math.min(this.nextStatusMs ?? 0, this.joinAtMs, ...others);
  }

  view(): readonly NodeView[] {
    const generation = this.init.generation;
    return [{ ...this.own.view(), generation }, ...[...this.peers, ...this.pings].map((peer) => peer.view())];
  }

  snapshot(): unknown {
    const nodes = this.view().map(({ name, state, reason }) => ({ name, state, reason }));
    return { version: 1, nodes };
  }

  /** The first step, and each that comes late: a node that could not listen does not accuse the others. */
  private begin(nowMs: number): void {
    if (this.nextStatusMs === undefined) {
      this.nextStatusMs = nowMs;
      this.joinAtMs = nowMs + this.init.timings.initialDeadMs;
      return;
    }
    const lateMs = nowMs - this.nextStatusMs;
    if (lateMs > this.init.timings.keepaliveMs)
      for (const peer of [...this.peers, ...this.pings]) peer.excuse(lateMs);
  }

  private doWhatIsDue(nowMs: number, wallMs: number): void {
    if (nowMs >= (this.nextStatusMs ?? 0)) {
      this.nextStatusMs = nowMs + this.init.timings.keepaliveMs;
      this.sayStatus();
      this.probe(wallMs);
      for (const peer of this.peers.filter((one) => one.isLive())) this.repeat(peer, nowMs);
    }
    for (const peer of [...this.peers, ...this.pings]) this.bury(peer, nowMs);
    this.join(nowMs);
  }

  /** This node takes part as soon as everybody was heard, or nobody is worth waiting for any longer. */
  private join(nowMs: number): void {
    if (this.own.state === "active") return;
    const isAlone = nowMs >= this.joinAtMs;
    if (!isAlone && this.peers.some(({ state }) => state === "init")) return;
    if (isAlone)
      for (const peer of this.peers) if (peer.state === "init") this.change(peer, "dead", "never heard");
    this.joinAtMs = Infinity;
    this.change(this.own, "active", "joined");
    this.sayStatus();
  }

  private bury(peer: Peer, nowMs: number): void {
    for (const link of peer.silentLinks(nowMs))
      this.outputs.push({ kind: "link.changed", node: peer.name, link, to: "dead" });
    if (nowMs < peer.deathAtMs()) return;
    peer.mailbox.giveUp();
    this.change(peer, "dead", "silent");
  }

  private received(link: string, message: Message, nowMs: number): void {
    const ping = this.pings.find(({ name }) => name === link && textField(message, "src") === name);
    if (ping !== undefined) return this.heardFrom(ping, link, "ping", "answers", nowMs);
    const read = readMessage(message);
    const peer = this.peers.find(({ name }) => name === read?.from);
    if (read === undefined || peer === undefined || read.generation < peer.generation) return;
    if (read.generation > peer.generation) {
      peer.generation = read.generation;
      peer.mailbox.restart();
    }
    if (read.kind === "letter") return this.heardLetter(peer, read, message);
    this.heardStatus(peer, link, read, message, nowMs);
  }

  private heardStatus(peer: Peer, link: string, status: Status, message: Message, nowMs: number): void {
    if (status.state === "leaving") {
      peer.mailbox.giveUp();
      return this.change(peer, "dead", "stopped");
    }
    const ours = status.acknowledgements.find(({ to }) => to === this.init.self);
    if (ours?.generation === this.init.generation) peer.mailbox.acknowledged(ours.through);
    this.heardFrom(peer, link, status.state, "heard", nowMs);
    this.outputs.push({ kind: "status.heard", from: peer.name, message });
  }

  private heardLetter(peer: Peer, letter: Letter, message: Message): void {
    // One that is not for us is not ours to know, and one of a node that we take for dead comes again.
    if (letter.to !== this.init.self || !peer.isLive() || !peer.mailbox.take(letter)) return;
    this.outputs.push({ kind: "message.delivered", from: peer.name, message });
  }

  private heardFrom(peer: Peer, link: string, state: NodeState, reason: string, nowMs: number): void {
    if (peer.heard(link, nowMs)) this.outputs.push({ kind: "link.changed", node: peer.name, link, to: "up" });
    if (peer.state === state) return;
    const wasKnown = peer.isLive();
    this.change(peer, state, reason);
    // A node that has just come wants to know at once what this one has to say.
    if (!wasKnown && peer.kind === "normal") this.sayStatus();
  }

  private post(message: Message, to: string | undefined, nowMs: number): void {
    for (const peer of this.peers) {
      if (!peer.isLive() || (to !== undefined && to !== peer.name)) continue;
      if (this.init.fits?.(message) === false) {
        this.event("message.too-large", { to: peer.name });
        continue;
      }
      const number = peer.mailbox.post(message, nowMs);
      if (number === undefined) this.event("message.not-taken", { to: peer.name });
      else this.send(letterMessage(this.letter(peer, number), message));
    }
  }

  private repeat(peer: Peer, nowMs: number): void {
    for (const [number, message] of peer.mailbox.overdue(this.init.timings.keepaliveMs, nowMs))
      this.send(letterMessage(this.letter(peer, number), message));
  }

  private letter(peer: Peer, number: number): Letter {
    const { self, generation } = this.init;
    const lowest = peer.mailbox.lowest();
    return { kind: "letter", from: self, generation, to: peer.name, number, lowest };
  }

  private sayStatus(state: Status["state"] = this.own.state === "active" ? "active" : "up"): void {
    const { self, generation } = this.init;
    const acknowledgements = this.peers.map(({ name, generation: life, mailbox }) => {
      return { to: name, generation: life, through: mailbox.heardThrough() };
    });
    this.send(
      statusMessage({ kind: "status", from: self, generation, state, acknowledgements }, this.published),
    );
  }

  private probe(wallMs: number): void {
    for (const { name, group } of this.init.pingNodes) {
      const info = group ? "ping_group" : "ping";
      const message = textMessage({ t: "NS_st", st: "ping", info, src: name, ts: seconds(wallMs) });
      this.outputs.push({ kind: "message.send", message, links: [name] });
    }
  }

  private send(message: Message): void {
    this.outputs.push({ kind: "message.send", message });
  }

  private change(peer: Peer, to: NodeState, reason: string): void {
    const from = peer.state;
    if (from === to) return;
    peer.state = to;
    peer.reason = reason;
    this.outputs.push({ kind: "node.changed", node: peer.name, from, to, reason });
  }

  private event(name: string, fields: Readonly<Record<string, unknown>>): void {
    this.outputs.push({ kind: "event", event: { name, level: "warn", fields } });
  }
}

/** As heartbeat writes time: whole seconds in hexadecimal digits. */
function seconds(wallMs: number): string {
  return Math.floor(wallMs / 1000).toString(16);
}
