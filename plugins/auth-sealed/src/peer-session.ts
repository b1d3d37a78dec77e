// Which start of a peer is alive now, and which of its frames were opened already. No clock and no disk decides that: a
// start is believed when it repeats a number that was drawn here after every earlier start of that peer was over.
import { randomBytes } from "node:crypto";
import type { OpenedMessage } from "@systole/sdk";
import { CHALLENGE_BYTES } from "./frame-layout.js";
import { MAX_CANDIDATES, MAX_HELD } from "./limits.js";
import type { Notice } from "./notice.js";
import { ReplayWindow } from "./replay-window.js";

/** What an authentic frame says. */
export interface HeardFrame {
  readonly epoch: Uint8Array;
  readonly counter: number;
  /** The number of ours that the peer repeats. */
  readonly echo: Uint8Array;
  /** The peer's number, which we repeat. */
  readonly challenge: Uint8Array;
  readonly notice: Notice;
  /** Undefined in a greeting. */
  readonly message: OpenedMessage | undefined;
}

export type Judgement =
  /** Of the start that is alive. `notice` is undefined when a later one was heard. */
  | {
      readonly kind: "believed";
      readonly messages: readonly OpenedMessage[];
      readonly notice: Notice | undefined;
      /** The peer has just proven its start. */
      readonly adopted: boolean;
    }
  /** Of a start that has not proven itself: the peer must be told our number. Its message waits, or is dropped. */
  | { readonly kind: "unproven" }
  | { readonly kind: "refused"; readonly reason: "replayed" | "stale-epoch" };

interface Start {
  readonly epoch: Uint8Array;
  readonly window: ReplayWindow;
}

interface Candidate extends Start {
  readonly held: OpenedMessage[];
}

export class PeerSession {
  /** What this node wants to hear from the next start of the peer. */
  challenge: Uint8Array = randomBytes(CHALLENGE_BYTES);
  /** What the peer wants to hear from us: the last number that it said. */
  echo: Uint8Array = new Uint8Array(CHALLENGE_BYTES);
  #alive: Start | undefined;
  #candidates: Candidate[] = [];

  /** Costs nothing: a frame that was opened already need not be opened again. */
  isKnown(epoch: Uint8Array, counter: number): boolean {
    const start = [this.#alive, ...this.#candidates].find((one) => one && sameBytes(one.epoch, epoch));
    return start !== undefined && !start.window.admits(counter);
  }

  isAlive(epoch: Uint8Array): boolean {
    return this.#alive !== undefined && sameBytes(this.#alive.epoch, epoch);
  }

  judge(frame: HeardFrame): Judgement {
    if (this.isKnown(frame.epoch, frame.counter)) return { kind: "refused", reason: "replayed" };
    if (this.#alive !== undefined && sameBytes(this.#alive.epoch, frame.epoch))
      return this.#believe(this.#alive, frame, []);
    const candidate = this.#candidate(frame.epoch);
    this.echo = frame.challenge;
    if (sameBytes(frame.echo, this.challenge)) return this.#adopt(candidate, frame);
    return this.#hold(candidate, frame);
  }

  #believe(start: Start, frame: HeardFrame, held: readonly OpenedMessage[]): Judgement {
    const isLatest = frame.counter > start.window.highest;
    start.window.note(frame.counter);
    if (isLatest) this.echo = frame.challenge;
    return {
      kind: "believed",
      messages: frame.message === undefined ? held : [...held, frame.message],
      notice: isLatest ? frame.notice : undefined,
      adopted: start !== this.#alive,
    };
  }

  /** The start is alive, and what it said before it could prove that counts. Its predecessor is over, for good. */
  #adopt(candidate: Candidate, frame: HeardFrame): Judgement {
    // It may be older than this node's own start, and so may what somebody recorded of it.
    if (this.#alive === undefined) candidate.window.refuseUpTo(frame.counter - 1);
    const judgement = this.#believe(candidate, frame, candidate.held);
    this.#alive = { epoch: candidate.epoch, window: candidate.window };
    this.#candidates = [];
    // Whoever recorded frames until now has none that repeats this one.
    this.challenge = randomBytes(CHALLENGE_BYTES);
    return judgement;
  }

  /** What follows a start that was alive here began after it, so its words are new. Of the first one heard nobody knows that. */
  #hold(candidate: Candidate, frame: HeardFrame): Judgement {
    if (this.#alive === undefined) return { kind: "unproven" };
    if (candidate.held.length >= MAX_HELD) return { kind: "refused", reason: "stale-epoch" };
    candidate.window.note(frame.counter);
    if (frame.message !== undefined) candidate.held.push(frame.message);
    return { kind: "unproven" };
  }

  #candidate(epoch: Uint8Array): Candidate {
    const known = this.#candidates.find((one) => sameBytes(one.epoch, epoch));
    if (known !== undefined) return known;
    const fresh = { epoch: Uint8Array.from(epoch), window: new ReplayWindow(), held: [] };
    this.#candidates = [...this.#candidates, fresh].slice(-MAX_CANDIDATES);
    return fresh;
  }
}

/** For numbers that are no secrets. */
function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
