// Speaks with the same quorum on the other nodes: one question to a side, and the answers that came to it in time.
import { textField, textMessage, type Clock, type ClusterAccess } from "@systole/sdk";
import { parseWord, textOf, type Word } from "./words.js";

const TYPE = "quorum-majority";

type Reply = Extract<Word, { readonly op: "answer" | "accepted" }>;
type Question = Extract<Word, { readonly op: "ask" | "try" }>;

interface Round {
  readonly missing: Set<string>;
  readonly replies: Map<string, Reply>;
  readonly end: () => void;
}

export class Peers {
  readonly #cluster: ClusterAccess;
  readonly #clock: Clock;
  /** By the id of the question: an answer to it was given after it was asked, however long it was on its way. */
  readonly #rounds = new Map<string, Round>();
  #unwatch: (() => void) | undefined;

  constructor(cluster: ClusterAccess, clock: Clock) {
    this.#cluster = cluster;
    this.#clock = clock;
  }

  /** `heard` is called with what is no answer. */
  open(heard: (from: string, word: Word) => void): void {
    this.#unwatch = this.#cluster.watch((happening) => {
      if (happening.kind !== "message.heard" || textField(happening.message, "t") !== TYPE) return;
      const word = parseWord(textField(happening.message, "votes") ?? "");
      if (word === undefined) return;
      if (word.op === "answer" || word.op === "accepted") this.#replied(happening.from, word);
      else heard(happening.from, word);
    });
  }

  close(): void {
    this.#unwatch?.();
    for (const { end } of this.#rounds.values()) end();
  }

  say(word: Word, to?: string): void {
    this.#cluster.send(textMessage({ t: TYPE, votes: textOf(word) }), to);
  }

  /** Resolves when all of `names` have replied, when the time is up, or with the signal. */
  ask(
    question: Question,
    names: readonly string[],
    limitMs: number,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, Reply>> {
    const replies = new Map<string, Reply>();
    const { id } = question;
    if (names.length === 0 || signal?.aborted === true) return Promise.resolve(replies);
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        signal?.removeEventListener("abort", end);
        this.#rounds.delete(id);
        resolve(replies);
      };
      const cancel = this.#clock.wakeAt(this.#clock.nowMs() + limitMs, end);
      signal?.addEventListener("abort", end, { once: true });
      this.#rounds.set(id, { missing: new Set(names), replies, end });
      this.say(question);
    });
  }

  #replied(from: string, reply: Reply): void {
    const round = this.#rounds.get(reply.id);
    if (round === undefined || !round.missing.delete(from)) return;
    round.replies.set(from, reply);
    if (round.missing.size === 0) round.end();
  }
}
