// One witness as this node sees it: asked, greeted, given back what it has granted; and told of in the log when that changes.
import { type Clock, type Logger, timeLimit } from "@systole/sdk";
import { WitnessClient, type Asked } from "@systole/witness/client";
import { GREET_AGAIN_MS, GREETING_MS } from "./limits.js";
import type { Vote } from "./votes.js";

export interface VoterInit {
  readonly url: string;
  readonly cluster: string;
  readonly key: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export class Voter {
  readonly #client: WitnessClient;
  readonly #clock: Clock;
  readonly #log: Logger;
  /** Greetings have a name of their own: they must not overtake what this node asks. */
  readonly #greeter = `greeting ${crypto.randomUUID()}`;
  /** What this node has of it, and until when by its own clock. */
  #lease: { readonly holder: string; readonly epoch: number; readonly untilMs: number } | undefined;
  #told = "";

  constructor({ log, ...init }: VoterInit) {
    this.#client = new WitnessClient(init);
    this.#clock = init.clock;
    this.#log = log.child({ witness: init.url });
  }

  /** Never rejects. */
  async vote(holder: string, ttlMs: number, signal: AbortSignal): Promise<Vote> {
    const asked = await this.#client.acquire(holder, ttlMs, signal);
    const vote = voteOf(asked, ttlMs);
    if (asked.kind === "answered" && asked.answer.result === "granted" && vote.kind === "granted")
      this.#lease = { holder, epoch: asked.answer.epoch, untilMs: vote.untilMs };
    else if (vote.kind === "held") this.#lease = undefined;
    return vote;
  }

  /** Whether something that this node was granted may still run there. */
  holds(): boolean {
    return this.#lease !== undefined && this.#clock.nowMs() < this.#lease.untilMs;
  }

  /** Gives back what this node has; where that fails, it ends by itself. Never rejects. */
  async release(signal: AbortSignal): Promise<void> {
    if (!this.holds() || this.#lease === undefined) return;
    const { holder, epoch } = this.#lease;
    this.#lease = undefined;
    await this.#client.release(holder, epoch, signal);
  }

  /** Makes the cluster known to it. Resolves with when it should be greeted again at the latest. Never rejects. */
  async greet(ttlMs: number, signal: AbortSignal): Promise<number> {
    const bounded = timeLimit(GREETING_MS, signal);
    const asked = await this.#client.hello(this.#greeter, bounded);
    if (signal.aborted) return Infinity;
    if (asked.kind === "unreachable") {
      this.tell(asked);
      return GREET_AGAIN_MS;
    }
    const { answer } = asked;
    if (answer.result !== "known") return GREET_AGAIN_MS;
    const { epoch, readyInMs, longestTtlMs } = answer;
    this.#say("reached", () => {
      this.#log.info("witness.reached", { epoch, readyInMs });
      if (longestTtlMs < ttlMs) this.#log.warn("witness.lease-cut", { longestTtlMs, ttlMs });
    });
    return readyInMs === 0 ? Infinity : readyInMs + 1000;
  }

  /** What it said, for people. */
  tell(vote: Vote): void {
    if (vote.kind === "granted")
      this.#say("granted", () => this.#log.info("witness.granted", this.#leaseFields()));
    else if (vote.kind === "held")
      this.#say(`held ${vote.holder}`, () => this.#log.warn("witness.denied", { holder: vote.holder }));
    else this.#say("unreachable", () => this.#log.warn("witness.unreachable", { reason: vote.reason }));
  }

  #leaseFields(): { readonly epoch?: number } {
    return this.#lease === undefined ? {} : { epoch: this.#lease.epoch };
  }

  /** Once, until something else is to be said. */
  #say(what: string, say: () => void): void {
    if (this.#told === what) return;
    this.#told = what;
    say();
  }
}

function voteOf(asked: Asked, ttlMs: number): Vote {
  if (asked.kind === "unreachable") return asked;
  const { answer, askedAtMs } = asked;
  switch (answer.result) {
    case "granted":
      return { kind: "granted", untilMs: askedAtMs + Math.min(answer.ttlMs, ttlMs) };
    case "held":
      return { kind: "held", holder: answer.holder, untilMs: askedAtMs + answer.forMs };
    case "not-yet":
      return {
        kind: "unreachable",
        reason: `it has not known this cluster for long enough, and grants in ${Math.ceil(answer.forMs / 1000)} s`,
      };
    case "released":
    case "known":
      return { kind: "unreachable", reason: "its answer is to another question" };
  }
}
