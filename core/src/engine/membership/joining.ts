// From the first word to taking part: a node is active when everybody was heard or given up, and a peer has told
// which nodes there are.
import { textField, textMessage, type MembershipInit, type Message } from "../../ports/index.js";
import { LIMITS } from "../limits.js";
import type { NodeRecord } from "./node-record.js";
import type { Instant, Outbox } from "./outbox.js";

export class Joining {
  private askAtMs: number | undefined;
  private answered = false;

  constructor(
    private readonly init: MembershipInit,
    private readonly outbox: Outbox,
  ) {}

  /** Whether this node may become active now; asks a peer for the nodes while that is open. */
  advance(nodes: readonly NodeRecord[], now: Instant): boolean {
    if (!nodes.every((node) => node.isSettled())) return false;
    const peer = nodes.find((node) => node.kind === "normal" && node.isLive());
    if (peer === undefined || this.answered) return true;
    if (this.askAtMs === undefined || now.nowMs >= this.askAtMs) {
      this.askAtMs = now.nowMs + LIMITS.nodeListRetryMs;
      this.outbox.send(textMessage({ t: "reqnodes" }), now, peer.name);
    }
    return false;
  }

  deadline(): number {
    return this.answered ? Number.POSITIVE_INFINITY : (this.askAtMs ?? Number.POSITIVE_INFINITY);
  }

  /** A peer asks which nodes there are: heartbeat does not become active before it is told. */
  asked(from: string, now: Instant): void {
    const nodelist = this.init.nodes.map((name) => `${name} `).join("");
    this.outbox.send(textMessage({ t: "repnodes", nodelist, delnodelist: " " }), now, from);
  }

  /** A peer's list. This node's own configuration decides who belongs; a difference is shown to the operator. */
  told(from: string, message: Message): void {
    this.answered = true;
    const theirs = (textField(message, "nodelist") ?? "").split(" ").filter((name) => name !== "");
    const missing = this.init.nodes.filter((name) => !theirs.includes(name));
    const unknown = theirs.filter((name) => !this.init.nodes.includes(name));
    if (missing.length > 0 || unknown.length > 0) {
      this.outbox.event("nodes.differ", "warn", { peer: from, missingThere: missing, unknownHere: unknown });
    }
  }
}
