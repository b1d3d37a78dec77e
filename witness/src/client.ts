/** Asks one witness, for a node. @packageDocumentation */
import { type Clock, timeLimit } from "@systole/sdk";
import { attemptCall, type Attempt } from "@systole/sdk/http";
import { ATTEMPT_TIMEOUT_MS, MAX_ATTEMPTS, RETRY_PAUSE_MS } from "./limits.js";
import { parseAnswer, PURPOSE, type Answer, type Question } from "./question.js";

export interface WitnessClientInit {
  readonly url: string;
  readonly cluster: string;
  /** As `systole witness key CLUSTER` says it. */
  readonly key: string;
  readonly clock: Clock;
  /** How long one attempt may take. */
  readonly attemptTimeoutMs?: number;
}

export type Asked =
  /** `askedAtMs`: by the node's clock, just before the question that was answered was sent. */
  | { readonly kind: "answered"; readonly answer: Answer; readonly askedAtMs: number }
  | { readonly kind: "unreachable"; readonly reason: string };

export class WitnessClient {
  /** The highest epoch that this witness has said; it shows a witness that has lost its store that something is missing. */
  epoch = 0;
  readonly #init: WitnessClientInit;
  readonly #attemptTimeoutMs: number;
  /** The witness's clock less this node's monotonic one: a step of the node's wall clock changes nothing. */
  #aheadMs: number;
  #lastDateMs = 0;

  constructor(init: WitnessClientInit) {
    this.#init = init;
    this.#attemptTimeoutMs = init.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS;
    this.#aheadMs = init.clock.wallMs() - init.clock.nowMs();
  }

  get url(): string {
    return this.#init.url;
  }

  /** `holder`: the node's name, which no other node of the cluster may have. */
  acquire(holder: string, ttlMs: number, signal: AbortSignal): Promise<Asked> {
    return this.#ask(() => ({ op: "acquire", holder, ttlMs, epoch: this.epoch }), signal);
  }

  /**
   * What this node has been granted in `epoch`. It is said once: said again, with a later date, it could take back what this node
   * has been granted since.
   */
  release(holder: string, epoch: number, signal: AbortSignal): Promise<Asked> {
    return this.#ask(() => ({ op: "release", holder, epoch }), signal, 1);
  }

  hello(holder: string, signal: AbortSignal): Promise<Asked> {
    return this.#ask(() => ({ op: "hello", holder, epoch: this.epoch }), signal);
  }

  /** Every attempt is a question of its own: asking twice for what one has is no harm. Never rejects. */
  async #ask(question: () => Question, signal: AbortSignal, attemptsAllowed = MAX_ATTEMPTS): Promise<Asked> {
    const { clock } = this.#init;
    let reason = "the question was given up";
    for (let attempts = 0; attempts < attemptsAllowed && !signal.aborted; attempts += 1) {
      const askedAtMs = clock.nowMs();
      const attempt = await this.#attempt(JSON.stringify(question()), askedAtMs, signal);
      if (attempt.kind === "failed") {
        reason = attempt.reason;
        if (!attempt.again) break;
        await pause(clock, RETRY_PAUSE_MS, signal);
        continue;
      }
      this.#aheadMs = attempt.atMs - clock.nowMs();
      if (attempt.kind === "answered") return this.#answered(attempt.body, askedAtMs);
      if (attempt.kind === "refused") return { kind: "unreachable", reason: `it refuses: ${attempt.body}` };
      // It has taken none of these dates: the one that it says will do.
      this.#lastDateMs = attempt.atMs - 1;
      reason = `its clock says ${new Date(attempt.atMs).toISOString()}`;
    }
    return { kind: "unreachable", reason };
  }

  #attempt(body: string, nowMs: number, signal: AbortSignal): Promise<Attempt> {
    const { url, key, cluster } = this.#init;
    const dateMs = Math.max(Math.ceil(nowMs + this.#aheadMs), this.#lastDateMs + 1);
    this.#lastDateMs = dateMs;
    const bounded = timeLimit(this.#attemptTimeoutMs, signal);
    const id = crypto.randomUUID();
    return attemptCall({ url, key, keyName: cluster, purpose: PURPOSE, id, dateMs, body }, bounded);
  }

  #answered(body: string, askedAtMs: number): Asked {
    const answer = parseAnswer(body);
    if (answer === undefined) return { kind: "unreachable", reason: "its answer makes no sense" };
    this.epoch = Math.max(this.epoch, answer.epoch);
    return { kind: "answered", answer, askedAtMs };
  }
}

/** Ends early when the signal aborts. */
function pause(clock: Clock, forMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.wakeAt(clock.nowMs() + forMs, end);
    signal.addEventListener("abort", end, { once: true });
  });
}
