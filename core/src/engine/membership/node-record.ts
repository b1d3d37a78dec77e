// What this node knows of one node of the cluster, ping nodes included.
import type { LinkState, NodeKind, NodeState, NodeView } from "../../ports/index.js";
import { SequenceTracker } from "./sequence.js";

interface Link {
  state: LinkState;
  heardAtMs: number;
  /** Highest sequence number that came over it: the same one again is no sign of life. */
  sequence: number;
}

export const DEFAULT_WEIGHT = 100;

export class NodeRecord {
  state: NodeState = "init";
  reason = "not heard yet";
  generation = 0;
  dialect: NodeView["dialect"] = "unknown";
  uuid: Uint8Array | undefined;
  weight = DEFAULT_WEIGHT;
  site: string | undefined;
  /** When it came to be known, if not at the start. */
  knownSinceMs: number | undefined;
  /** Last accepted sign of life: a `status`, or the echo of a ping node. */
  heardAtMs: number | undefined;
  /** How much longer its silence may last: this node has been late itself since. */
  excusedMs = 0;
  lastStatusSequence = 0;
  /** Why it lives, as a word, when its next `status` makes it live. */
  returnReason = "started";
  /** It said that it gave everything up. */
  released = false;
  sequence = new SequenceTracker();
  /** When to ask for each missing message. */
  readonly requests = new Map<number, number>();
  /** Highest of our messages that it has acknowledged. */
  acknowledged = 0;
  /** Highest of its messages that we have acknowledged. */
  lastAckSent = 0;
  readonly links = new Map<string, Link>();

  constructor(
    readonly name: string,
    readonly kind: NodeKind,
    /** Silence that makes it dead; a normal node advertises its own. */
    public deadMs: number,
    linkNames: readonly string[],
    /** Residue of the sequence numbers that are acknowledged. */
    readonly ackResidue: number,
  ) {
    for (const link of linkNames)
      this.links.set(link, { state: "dead", heardAtMs: Number.NEGATIVE_INFINITY, sequence: 0 });
  }

  isLive(): boolean {
    return this.state === "up" || this.state === "active" || this.state === "ping";
  }

  /** A sign of life that counts. */
  heard(nowMs: number): void {
    this.heardAtMs = nowMs;
    this.excusedMs = 0;
  }

  /** Whether a message is as new as its last status, and was not heard over this link before. */
  isNews(link: string, sequence: number): boolean {
    const record = this.links.get(link);
    if (record === undefined || sequence < this.lastStatusSequence || sequence <= record.sequence)
      return false;
    record.sequence = sequence;
    return true;
  }

  /** For an event. Whole ms since the last sign of life; 0 when there was none. */
  silence(nowMs: number): { readonly node: string; readonly silentMs: number } {
    const silentMs = this.heardAtMs === undefined ? 0 : Math.round(nowMs - this.heardAtMs);
    return { node: this.name, silentMs };
  }

  /** Heard from since the start, or given up. */
  isSettled(): boolean {
    return this.state !== "init";
  }

  /** Another daemon of it counts from the beginning. */
  begin(generation: number): void {
    this.generation = generation;
    this.released = false;
    this.lastStatusSequence = 0;
    for (const link of this.links.values()) link.sequence = 0;
    this.forgetSequence();
  }

  /** Its daemon starts anew, or is gone: nothing tracked so far holds any more. */
  forgetSequence(): void {
    this.sequence = new SequenceTracker();
    this.requests.clear();
    this.acknowledged = 0;
    this.lastAckSent = 0;
  }

  view(): NodeView {
    return {
      name: this.name,
      kind: this.kind,
      state: this.state,
      reason: this.reason,
      generation: this.generation,
      dialect: this.dialect,
      links: [...this.links].map(([name, link]) => ({ name, state: link.state })),
      // As all that judge by it shall see it.
      heardAtMs: this.heardAtMs === undefined ? undefined : this.heardAtMs + this.excusedMs,
      ...(this.uuid !== undefined && { uuid: this.uuid }),
      ...(this.weight === DEFAULT_WEIGHT ? {} : { weight: this.weight }),
      ...(this.site === undefined ? {} : { site: this.site }),
    };
  }
}
