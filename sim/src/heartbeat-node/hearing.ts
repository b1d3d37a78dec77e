// What comes from the network: is it from a node of this cluster, from its present life, new, and for this node.
import { binaryField, textField, type Message } from "@systole/core/ports";
import { isLeaving, tell, type Daemon, type Peer } from "./daemon.js";
import { heardRefusal } from "./resending.js";
import { hexField, isNumbered, nodeNamed, sayStatus } from "./speaking.js";
import { died } from "./taking-over.js";

/** `act` is called for what is new and for this node, or for everybody. */
export type Act = (peer: Peer, type: string, message: Message) => void;

export function hearFrame(daemon: Daemon, link: string, message: Message, act: Act): void {
  const type = textField(message, "t");
  const peer = senderOf(daemon, message);
  if (type === undefined || textField(message, "src") === undefined || hexField(message, "ts") === undefined)
    return tell(daemon, "message.incomplete", "error", { type });
  if (peer === undefined) return tell(daemon, "node.unknown", "error", { node: textField(message, "src") });
  // A node hears itself when it speaks, not what a medium brings back.
  if (peer === daemon.own) return;
  peer.links.set(link, daemon.nowMs);
  hear(daemon, peer, type, message, act);
}

export function hear(daemon: Daemon, peer: Peer, type: string, message: Message, act: Act): void {
  const seq = hexField(message, "seq");
  if (isNumbered(type)) {
    if (seq === undefined) return tell(daemon, "message.incomplete", "error", { type });
    const life = lifeOf(daemon, peer, type, seq, message);
    if (life === "stale") return;
    const verdict = peer.sequence.take(seq, daemon.nowMs, life !== "same");
    if (!verdict.accepted) return;
    if (verdict.ack !== undefined)
      daemon.say({ t: "NS_ackmsg", dest: peer.name, ackseq: verdict.ack.toString(16) });
  }
  peer.heard = true;
  if (type === "status") heardStatus(daemon, peer, seq ?? 0, message);
  if (type === "NS_nak_rexmit") heardRefusal(daemon, peer, message);
  if (isForMe(daemon, message)) act(peer, type, message);
}

/** By uuid, then by name; a name with another uuid has got a new one. */
function senderOf(daemon: Daemon, message: Message): Peer | undefined {
  const uuid = binaryField(message, "srcuuid");
  const all = [daemon.own, ...daemon.others];
  const known = uuid && all.find((peer) => peer.uuid !== undefined && sameBytes(peer.uuid, uuid));
  const peer = known ?? nodeNamed(daemon, textField(message, "src"));
  if (peer !== undefined && uuid !== undefined && peer !== daemon.own) peer.uuid = uuid;
  return peer;
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

function isForMe(daemon: Daemon, message: Message): boolean {
  const uuid = binaryField(message, "destuuid");
  if (uuid?.some((byte) => byte !== 0) === true) return sameBytes(uuid, daemon.init.uuid);
  const dest = textField(message, "dest");
  return dest === undefined || dest.toLowerCase() === daemon.init.self.toLowerCase();
}

/** Only a `status` begins a new life of a node, or its return. */
function lifeOf(
  daemon: Daemon,
  peer: Peer,
  type: string,
  seq: number,
  message: Message,
): "same" | "begins" | "stale" {
  const generation = hexField(message, "hg") ?? 0;
  if (generation < peer.generation) {
    tell(daemon, "replay.dropped", "error", { node: peer.name, generation, known: peer.generation });
    return "stale";
  }
  if (type !== "status") return "same";
  if (generation > peer.generation) {
    if (peer.generation > 0) tell(daemon, "node.restarted", "warn", { node: peer.name });
    peer.generation = generation;
    peer.sequence.forget();
    peer.acked = 0;
    peer.statusAtMs = undefined;
    peer.statusSeq = 0;
    peer.released = false;
    return "begins";
  }
  if (peer.status !== "dead" || generation === 0) return "same";
  if (seq <= peer.statusSeq) return "stale";
  healed(daemon, peer);
  return "begins";
}

/** It was called dead and lives: both have run everything. heartbeat starts itself anew. */
function healed(daemon: Daemon, peer: Peer): void {
  tell(daemon, "partition.healed", "error", { node: peer.name });
  if (isLeaving(daemon)) return;
  sayStatus(daemon);
  daemon.healedAtMs ??= daemon.nowMs;
}

function heardStatus(daemon: Daemon, peer: Peer, seq: number, message: Message): void {
  const { statusAtMs } = peer;
  peer.statusAtMs = daemon.nowMs;
  peer.statusSeq = Math.max(peer.statusSeq, seq);
  if (peer === daemon.own) return;
  const lateMs = daemon.nowMs - (statusAtMs ?? daemon.nowMs);
  if (lateMs > daemon.init.timings.deadMs) {
    tell(daemon, "node.late", "error", { node: peer.name, lateMs });
    died(daemon, peer);
    peer.heard = true;
  } else if (lateMs > daemon.init.timings.warnMs) {
    tell(daemon, "node.late", "warn", { node: peer.name, lateMs });
  }
  peer.deadAfterMs = hexField(message, "dt") ?? peer.deadAfterMs;
  const said = textField(message, "st");
  if (said !== "init" && said !== "up" && said !== "active" && said !== "dead") return;
  if (peer.status !== said) tell(daemon, "node.status", "info", { node: peer.name, status: said });
  if (peer.status === "dead") peer.reason = "returned";
  peer.status = said;
}

/** With every poll: who has been silent too long. */
export function judgeSilence(daemon: Daemon): void {
  const { timings } = daemon.init;
  if (!daemon.commUp && daemon.nowMs - daemon.startedMs <= timings.initialDeadMs) return;
  for (const peer of daemon.others) {
    if (peer.status === "dead") continue;
    const silentMs = daemon.nowMs - (peer.statusAtMs ?? daemon.startedMs);
    if (silentMs > peer.deadAfterMs) died(daemon, peer);
  }
}
