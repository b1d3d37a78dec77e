// What was lost is asked for and sent again; what all have is forgotten.
import type { Message } from "@systole/core/ports";
import { tell, type Daemon, type Peer } from "./daemon.js";
import { BOUNDS } from "./limits.js";
import { hexField, numberField } from "./speaking.js";

export function heardAck(daemon: Daemon, peer: Peer, message: Message): void {
  const acked = hexField(message, "ackseq") ?? 0;
  if (acked > daemon.seq || acked <= peer.acked) return;
  peer.acked = acked;
  const living = [daemon.own, ...daemon.others].filter(({ status }) => status !== "dead");
  daemon.history.trim(Math.min(...living.map((node) => node.acked)), daemon.nowMs);
}

export function heardResendWanted(daemon: Daemon, peer: Peer, message: Message): void {
  const first = numberField(message, "firstseq", 10);
  const last = numberField(message, "lastseq", 10);
  if (first === undefined || last === undefined) return;
  const end = Math.min(last, first + BOUNDS.resendsPerRequest - 1);
  for (let seq = first; seq <= end; seq += 1) {
    if (seq <= peer.acked) continue;
    const again = daemon.history.again(seq, daemon.nowMs);
    if (again.kind === "message") daemon.effects.push({ kind: "frame.send", message: again.message });
    if (again.kind === "refused")
      daemon.say({
        t: "NS_nak_rexmit",
        firstseq: seq.toString(16),
        dest: peer.name,
        info: again.why,
      });
  }
}

/** Asks again for what is missing, of nodes that live. */
export function askForMissing(daemon: Daemon): void {
  for (const peer of daemon.others) {
    if (peer.status !== "up" && peer.status !== "active") continue;
    for (const seq of peer.sequence.due(daemon.nowMs))
      daemon.say({ t: "NS_rexmit", dest: peer.name, firstseq: String(seq), lastseq: String(seq) });
  }
}

/** Everybody hears it, whoever asked: the message will never come. */
export function heardRefusal(daemon: Daemon, peer: Peer, message: Message): void {
  const seq = hexField(message, "firstseq");
  if (seq !== undefined && peer.sequence.givenUp(seq))
    tell(daemon, "message.lost", "error", { node: peer.name, seq });
}
