// The quorum: asks every witness at once, lets a majority decide, and gives back a part that decides nothing.
import {
  type Clock,
  type Logger,
  type Quorum,
  type QuorumAnswer,
  type QuorumQuestion,
  readSecret,
  type SecretPlaces,
  type Startable,
  timeLimit,
} from "@systole/sdk";
import type { WitnessConfig } from "./config.js";
import { LONGEST_TIE_PAUSE_MS, RELEASE_MS } from "./limits.js";
import { Voter } from "./voter.js";
import { countVotes, type Vote } from "./votes.js";

export interface WitnessQuorumInit {
  readonly config: WitnessConfig;
  readonly places: SecretPlaces;
  readonly clock: Clock;
  readonly log: Logger;
}

export class WitnessQuorum implements Quorum, Startable {
  readonly #init: WitnessQuorumInit;
  readonly #ended = new AbortController();
  readonly #greetings = new Map<Voter, () => void>();
  #voters: readonly Voter[] = [];
  /** Until then, by this node's clock, whoever asked may believe what it was told: nothing is given back. */
  #promisedUntilMs = Number.NEGATIVE_INFINITY;
  #quietUntilMs = Number.NEGATIVE_INFINITY;

  constructor(init: WitnessQuorumInit) {
    this.#init = init;
  }

  /** Throws `SECRET_UNREADABLE`. That no witness can be reached is no reason not to start. */
  async start(): Promise<void> {
    const { config, places, clock, log } = this.#init;
    const { cluster } = config;
    this.#voters = await Promise.all(
      config.witnesses.map(async ({ url, key }) => {
        return new Voter({ url, cluster, key: await readSecret(key, places), clock, log });
      }),
    );
    for (const voter of this.#voters) void this.#greet(voter);
  }

  /** What runs here has been stopped: another node need not wait for the end of the lease. */
  async stop(signal: AbortSignal): Promise<void> {
    this.#ended.abort();
    for (const cancel of this.#greetings.values()) cancel();
    this.#greetings.clear();
    await this.#release(signal);
  }

  async ask(question: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer> {
    const { clock, config } = this.#init;
    const { self, nodes, alive } = question;
    const questionMs = clock.nowMs();
    // Nobody is missed any more: what decided between the sides is given back.
    if (nodes.every((node) => alive.includes(node))) {
      void this.#release(this.#ended.signal);
      return { kind: "granted" };
    }
    await pauseUntil(clock, this.#quietUntilMs, signal);
    const witnesses = this.#voters.length;
    const count = { questionMs, marginMs: config.marginMs, ours: alive, witnesses };
    const { answer, votes } = await this.#poll(self, signal, (votes) => countVotes(votes, count));
    if (answer.kind === "granted") this.#promisedUntilMs = questionMs + (answer.forMs ?? 0);
    else this.#concede(votes);
    return answer;
  }

  /** Ends as soon as it is decided; what is still asked then is given up. */
  async #poll(
    self: string,
    signal: AbortSignal,
    count: (votes: readonly Vote[]) => QuorumAnswer | undefined,
  ): Promise<{ readonly answer: QuorumAnswer; readonly votes: readonly Vote[] }> {
    const decided = new AbortController();
    const bounded = AbortSignal.any([signal, decided.signal, this.#ended.signal]);
    const votes: Vote[] = [];
    const answer = await new Promise<QuorumAnswer>((resolve) => {
      const take = async (voter: Voter): Promise<void> => {
        const vote = await voter.vote(self, this.#init.config.ttlMs, bounded);
        // What was given up because the others have decided says nothing about this witness.
        if (decided.signal.aborted) return;
        voter.tell(vote);
        votes.push(vote);
        const answer = count(votes);
        if (answer !== undefined) resolve(answer);
      };
      for (const voter of this.#voters) void take(voter);
    });
    decided.abort();
    return { answer, votes };
  }

  /** A part that is no majority serves nobody, and may be what the other side lacks. */
  #concede(votes: readonly Vote[]): void {
    const { clock } = this.#init;
    const hasPart = votes.some(({ kind }) => kind === "granted");
    if (!hasPart || clock.nowMs() < this.#promisedUntilMs) return;
    const tied = votes.some(({ kind }) => kind === "held");
    if (tied) this.#quietUntilMs = clock.nowMs() + Math.random() * LONGEST_TIE_PAUSE_MS;
    void this.#release(this.#ended.signal);
  }

  /** Nobody waits for it: a later question has a later date, and the witness takes no earlier one after it. */
  async #release(signal: AbortSignal): Promise<void> {
    const bounded = timeLimit(RELEASE_MS, signal);
    this.#promisedUntilMs = Number.NEGATIVE_INFINITY;
    await Promise.all(this.#voters.map((voter) => voter.release(bounded)));
  }

  async #greet(voter: Voter): Promise<void> {
    const { clock, config } = this.#init;
    const againInMs = await voter.greet(config.ttlMs, this.#ended.signal);
    if (this.#ended.signal.aborted) return;
    const atMs = clock.nowMs() + Math.min(againInMs, config.checkEveryMs);
    this.#greetings.set(
      voter,
      clock.wakeAt(atMs, () => void this.#greet(voter)),
    );
  }
}

/** Ends early when the signal aborts. */
function pauseUntil(clock: Clock, atMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || atMs <= clock.nowMs()) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.wakeAt(atMs, end);
    signal.addEventListener("abort", end, { once: true });
  });
}
