// A medium to a node that is a function: it cannot be reached except by asking it, so frames go with a signed call, and the frames that
// wait there come back with the answer. Each sign of life of this node asks.
import { type Clock, type FrameReceiver, SystoleError, timeLimit, type Transport } from "@systole/sdk";
import {
  attemptCall,
  fitting,
  framesCall,
  FRAMES_PURPOSE,
  MAX_EXCHANGED_FRAME_BYTES,
  readFramesAnswer,
  type Attempt,
  type FramesAnswer,
} from "@systole/sdk/http";
import type { LinkConfig } from "./config.js";
import { HTTP_LIMITS } from "./limits.js";

export interface HttpTransportInit {
  /** As the configuration names it. */
  readonly medium: string;
  readonly link: Omit<LinkConfig, "key">;
  readonly clock: Clock;
  readonly readKey: () => Promise<string>;
  /** Name of this node. */
  readonly self: () => string;
}

interface Waiting {
  readonly frame: Uint8Array;
  readonly sent: () => void;
  readonly failed: (reason: string) => void;
}

/** From `start` to `stop`. */
interface Life {
  readonly key: string;
  readonly ends: AbortController;
}

export class HttpTransport implements Transport {
  readonly medium: string;
  readonly supports = { maxFrameBytes: MAX_EXCHANGED_FRAME_BYTES };
  readonly #init: HttpTransportInit;
  #receiver: FrameReceiver | undefined;
  #life: Life | undefined;
  #waiting: Waiting[] = [];
  #calls = new Set<Promise<void>>();
  #cancelFlush: (() => void) | undefined;
  #lastCallMs = Number.NEGATIVE_INFINITY;
  /** The function's clock, less ours. */
  #aheadMs = 0;
  /** What was received there: of which numbering, and up to which number. */
  #had: { readonly life?: string; readonly upTo: number } = { upTo: 0 };

  constructor(init: HttpTransportInit) {
    this.medium = init.medium;
    this.#init = init;
  }

  attach(receiver: FrameReceiver): void {
    this.#receiver = receiver;
  }

  /** Throws `SECRET_UNREADABLE`. That the function is not there now is no reason not to start. */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#life !== undefined) return;
    const key = await this.#init.readKey();
    signal.throwIfAborted();
    this.#life = { key, ends: new AbortController() };
  }

  /** What waits goes on its way, and is waited for a second at most. Never throws. */
  async stop(signal?: AbortSignal): Promise<void> {
    const life = this.#life;
    if (life === undefined) return;
    this.#life = undefined;
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    if (signal?.aborted !== true) {
      while (this.#waiting.length > 0 && this.#calls.size < HTTP_LIMITS.calls) this.#begin(life);
      await this.#farewell(signal);
    }
    life.ends.abort(new Error("the medium was stopped"));
    await Promise.all(this.#calls);
    for (const { failed } of this.#waiting.splice(0)) failed("the medium was stopped");
  }

  /** Resolves when the function has taken the frame. */
  send(frame: Uint8Array): Promise<void> {
    if (frame.byteLength > MAX_EXCHANGED_FRAME_BYTES)
      return Promise.reject(tooLarge(frame.byteLength, this.medium));
    return new Promise((resolve, reject) => {
      const failed = (reason: string): void => reject(sendFailed(this.medium, reason));
      if (this.#life === undefined) return failed("the medium is not started");
      if (this.#waiting.length >= HTTP_LIMITS.waiting)
        this.#waiting.shift()?.failed("the function is too slow, and newer frames wait");
      this.#waiting.push({ frame: frame.slice(), sent: resolve, failed });
      this.#flushSoon();
    });
  }

  #flushSoon(): void {
    if (this.#cancelFlush !== undefined || this.#calls.size >= HTTP_LIMITS.calls) return;
    const { clock, link } = this.#init;
    const atMs = Math.max(clock.nowMs() + HTTP_LIMITS.gatherMs, this.#lastCallMs + link.everyMs);
    this.#cancelFlush = clock.wakeAt(atMs, () => {
      this.#cancelFlush = undefined;
      if (this.#life !== undefined) this.#begin(this.#life);
    });
  }

  #begin(life: Life): void {
    this.#lastCallMs = this.#init.clock.nowMs();
    const taken = this.#waiting.splice(0, fitting(this.#waiting.map(({ frame }) => frame)).length);
    const call: Promise<void> = this.#call(life, taken).finally(() => {
      this.#calls.delete(call);
      if (this.#life === life && this.#waiting.length > 0) this.#flushSoon();
    });
    this.#calls.add(call);
  }

  /** Never rejects. */
  async #call(life: Life, taken: readonly Waiting[]): Promise<void> {
    let attempt = await this.#attempt(life, taken);
    if (attempt.kind === "stale") {
      // This node's wall clock is wrong, or the function's: what counts is that the call is fresh there.
      this.#aheadMs = attempt.atMs - this.#init.clock.wallMs();
      attempt = await this.#attempt(life, taken);
    }
    const answer = attempt.kind === "answered" ? readFramesAnswer(attempt.body) : undefined;
    if (answer === undefined) {
      for (const { failed } of taken) failed(reasonOf(attempt));
      return;
    }
    for (const { sent } of taken) sent();
    if (this.#life !== life) return;
    this.#deliver(answer);
  }

  #attempt({ key, ends }: Life, taken: readonly Waiting[]): Promise<Attempt> {
    const { link, clock, self } = this.#init;
    const { life, upTo } = this.#had;
    const frames = taken.map(({ frame }) => frame);
    const body = framesCall({ from: self(), had: upTo, frames, ...(life !== undefined && { life }) });
    const call = {
      url: link.url,
      key,
      keyName: link.cluster,
      purpose: FRAMES_PURPOSE,
      id: crypto.randomUUID(),
      dateMs: clock.wallMs() + this.#aheadMs,
      body,
    };
    return attemptCall(call, timeLimit(link.timeoutMs, ends.signal));
  }

  /**
   * Calls overtake each other: what another answer has brought already is not brought again. The newest comes first: after a
   * silence nobody acts upon what was so a moment ago.
   */
  #deliver({ life, upTo, frames }: FramesAnswer): void {
    const had = this.#had.life === life ? this.#had.upTo : 0;
    const first = upTo - frames.length + 1;
    this.#had = { life, upTo: Math.max(had, upTo) };
    const fresh = frames.filter((_, index) => first + index > had);
    for (const frame of fresh.toReversed()) this.#receiver?.frame(frame, this.#init.link.url);
  }

  #farewell(signal: AbortSignal | undefined): Promise<void> {
    const { clock } = this.#init;
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const cancel = clock.wakeAt(clock.nowMs() + HTTP_LIMITS.farewellMs, end);
      signal?.addEventListener("abort", end, { once: true });
      void Promise.all(this.#calls).then(end);
    });
  }
}

function reasonOf(attempt: Attempt): string {
  switch (attempt.kind) {
    case "failed":
      return attempt.reason;
    case "refused":
      return `the function refuses it: ${attempt.body}`;
    case "answered":
      return "its answer is none to frames: is it a node of this version?";
    case "stale":
      return `its clock says ${new Date(attempt.atMs).toISOString()}`;
    case "under-way":
      return "the call is under way";
  }
}

function tooLarge(frameBytes: number, medium: string): SystoleError {
  const message = `A frame of ${frameBytes} bytes is too large for a call (${MAX_EXCHANGED_FRAME_BYTES}).`;
  return new SystoleError("FRAME_TOO_LARGE", message, { details: { medium, frameBytes } });
}

function sendFailed(medium: string, reason: string): SystoleError {
  const message = `The frame was not taken at ${medium}: ${reason}.`;
  return new SystoleError("TRANSPORT_SEND_FAILED", message, { retryable: true, details: { medium } });
}
