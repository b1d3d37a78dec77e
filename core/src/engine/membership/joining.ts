// From the first word to taking part: a node is active when everybody was heard or given up, and a peer has told
// which nodes there are.
import { textMessage } from "../../ports/index.js";
import { LIMITS } from "../limits.js";
import type { NodeRecord } from "./node-record.js";
import type { Instant, Outbox } from "./outbox.js";

export class Joining {
  private askAtMs: number | undefined;
  private answered = false;

  constructor(private readonly outbox: Outbox) {}

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

  /** Whether the answer of a peer is still of interest. */
  isAsking(): boolean {
    return this.askAtMs !== undefined && !this.answered;
  }

  /** A peer has told which nodes there are. */
  told(): void {
    this.answered = true;
  }
}
