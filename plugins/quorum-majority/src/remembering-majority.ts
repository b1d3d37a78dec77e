// A majority that remembers: whether the whole cluster has been seen since it was started, and who has been missing for so long that
// it counts no more. Each node asks those that it hears what they remember before it answers.
import type { Clock, ClusterAccess, Logger, Quorum, QuorumAnswer, QuorumQuestion, Startable, Store } from "@systole/sdk"; // prettier-ignore
import type { MajorityConfig } from "./config.js";
import { attemptOf, BLANK, isBlank, same, union, wins, type Ballot, type Electorate } from "./electorate.js";
import {
  AGREE_MS,
  ANSWER_PART,
  LONGEST_ANSWER_MS,
  LOOK_EVERY_MS,
  MAX_OPEN,
  SHORTEST_ANSWER_MS,
  WEIGHT,
} from "./limits.js";
import { Majority } from "./majority.js";
import { Memory } from "./memory.js";
import { Peers } from "./peers.js";
import { lowest, sameVotes, votesOf, type TieBreaker, type Votes } from "./votes.js";
import type { Word } from "./words.js";

export interface RememberingInit {
  readonly config: Omit<MajorityConfig, "tieBreaker">;
  readonly tieBreaker: TieBreaker;
  readonly device?: Quorum;
  readonly cluster: ClusterAccess;
  readonly clock: Clock;
  readonly store: Store;
  readonly log: Logger;
}

/** What a side has said: the ballots of those who answered, this node among them. */
type Ballots = ReadonlyMap<string, Ballot>;

export class RememberingMajority implements Quorum, Startable {
  readonly #init: RememberingInit;
  readonly #peers: Peers;
  readonly #memory: Memory;
  readonly #majority: Majority;
  #seenAll = false;
  /** The side that was granted last, and since when it is the same. */
  #stable: { readonly side: string; readonly sinceMs: number } | undefined;
  #isTrying = false;
  #ended = false;
  #cancelLook: (() => void) | undefined;

  constructor(init: RememberingInit) {
    this.#init = init;
    const { cluster, clock, store, log, tieBreaker, device, config } = init;
    const { weights, windowMs } = config;
    this.#peers = new Peers(cluster, clock);
    this.#memory = new Memory({ store, clock, log, windowMs });
    this.#majority = new Majority({ weights, tieBreaker, ...(device && { device }) });
  }

  /** Throws `STORE_FAILED`. */
  async start(): Promise<void> {
    if (this.#init.config.lastManStanding) await this.#memory.load();
    this.#peers.open((from, word) => void this.#heard(from, word));
    this.#lookLater();
  }

  async stop(): Promise<void> {
    this.#ended = true;
    this.#cancelLook?.();
    this.#peers.close();
    await this.#memory.close();
  }

  async ask(question: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer> {
    const gaveUp: QuorumAnswer = { kind: "unreachable", reason: "the question was given up" };
    if (signal.aborted) return gaveUp;
    const { waitForAll, lastManStanding, windowMs } = this.#init.config;
    const { self, nodes, alive, believedForMs = windowMs } = question;
    const askedAtMs = this.#init.clock.nowMs();
    const others = nodes.filter((name) => name !== self && alive.includes(name));
    let ballots: Ballots = new Map();
    if (lastManStanding || !this.#seenAll) {
      const limitMs = Math.min(Math.max(believedForMs * ANSWER_PART, SHORTEST_ANSWER_MS), LONGEST_ANSWER_MS);
      ballots = await this.#ballotsOf(others, lastManStanding ? believedForMs : 0, limitMs, signal);
      if (signal.aborted) return gaveUp;
      if (nodes.every((name) => ballots.has(name))) this.#seenAll = true;
    }
    if (waitForAll && !this.#seenAll) return { kind: "denied" };
    if (!lastManStanding) return this.#majority.ask(question, signal);
    const answer = this.#judge([self, ...others], ballots);
    if (answer.kind === "granted") {
      this.#memory.granted(askedAtMs + believedForMs, ballots.keys());
      this.#reconsider([self, ...others], ballots, believedForMs);
    } else this.#stable = undefined;
    return answer;
  }

  #judge(side: readonly string[], ballots: Ballots): QuorumAnswer {
    const known = union(ballots.values());
    const voters = side.filter((name) => !isBlank(ballots.get(name) ?? BLANK));
    if (wins(known, voters, this.#init.tieBreaker)) return { kind: "granted" };
    const silent = side.filter((name) => !ballots.has(name));
    if (silent.length === 0 || !wins(known, [...voters, ...silent], this.#init.tieBreaker))
      return { kind: "denied" };
    return { kind: "unreachable", reason: `${silent.join(", ")} did not say in time who counts` };
  }

  /** When this side is another one than counts, for long enough, one node of it tries to change that. */
  #reconsider(side: readonly string[], ballots: Ballots, believedForMs: number): void {
    const nowMs = this.#init.clock.nowMs();
    const name = side.toSorted().join(" ");
    if (side.some((one) => !ballots.has(one))) return;
    if (this.#stable?.side !== name) this.#stable = { side: name, sinceMs: nowMs };
    const known = union(ballots.values());
    const isMissed = [...(known.settled?.votes.keys() ?? [])].some((one) => !side.includes(one));
    if (isMissed && nowMs < this.#stable.sinceMs + this.#init.config.windowMs) return;
    if (known.open.length >= MAX_OPEN) return;
    const knowing = side.filter((one) => !isBlank(ballots.get(one) ?? BLANK));
    this.#tryIfFirst(knowing, side, ballots, believedForMs);
  }

  /** One of `candidates` tries: the lowest. */
  #tryIfFirst(
    candidates: readonly string[],
    side: readonly string[],
    ballots: Ballots,
    believedForMs: number,
  ): void {
    const known = union(ballots.values());
    const votes = this.#votesOf(side);
    const isSo = known.open.length === 0 && known.settled && sameVotes(known.settled.votes, votes);
    const areAllIn = !side.some((name) => isBlank(ballots.get(name) ?? BLANK));
    if ((isSo && areAllIn) || lowest(candidates) !== this.#init.cluster.view().node || this.#isTrying) return;
    this.#isTrying = true;
    void this.#try(votes, known, believedForMs).finally(() => (this.#isTrying = false));
  }

  /** First each member accepts it for itself, then all of them know. */
  async #try(votes: Votes, known: Ballot, believedForMs: number): Promise<void> {
    const attempt = attemptOf(votes, known);
    if (!(await this.#accept(attempt, believedForMs)) || this.#ended) return;
    const { node } = this.#init.cluster.view();
    const others = [...votes.keys()].filter((name) => name !== node);
    const word: Word = { op: "try", id: crypto.randomUUID(), believedForMs, attempt };
    const replies = await this.#peers.ask(word, others, AGREE_MS);
    if (replies.size < others.length || this.#ended) return;
    this.#settled(attempt.electorate);
    this.#peers.say({ op: "settled", electorate: attempt.electorate });
  }

  #settled(electorate: Electorate): void {
    this.#memory.learn(electorate);
    const { settled } = this.#memory.ballot;
    if (settled === undefined || !same(settled, electorate)) return;
    const { number, votes } = electorate;
    this.#init.log.info("quorum.electorate", { number, nodes: [...votes.keys()] });
  }

  async #accept(attempt: Parameters<Memory["accept"]>[0], believedForMs: number): Promise<boolean> {
    const { lastManStanding } = this.#init.config;
    const { node, nodes } = this.#init.cluster.view();
    const { votes } = attempt.electorate;
    if (!lastManStanding || !votes.has(node)) return false;
    const ours = this.#votesOf(nodes.filter(({ kind }) => kind === "normal").map(({ name }) => name));
    const strange = [...votes].filter(([name, weight]) => ours.get(name) !== weight).map(([name]) => name);
    if (strange.length === 0) return this.#memory.accept(attempt, believedForMs);
    this.#init.log.warn("quorum.other-weights", { nodes: strange });
    return false;
  }

  async #heard(from: string, word: Word): Promise<void> {
    if (this.#ended) return;
    if (word.op === "settled") return this.#settled(word.electorate);
    if (word.op === "ask") {
      if (!word.side.includes(this.#init.cluster.view().node)) return;
      this.#memory.answered(from, word.believedForMs);
      const { ballot } = this.#memory;
      this.#peers.say({ op: "answer", id: word.id, ballot, seenAll: this.#seenAll }, from);
    }
    if (word.op !== "try" || !(await this.#accept(word.attempt, word.believedForMs)) || this.#ended) return;
    this.#peers.say({ op: "accepted", id: word.id }, from);
  }

  async #ballotsOf(
    others: readonly string[],
    believedForMs: number,
    limitMs: number,
    signal?: AbortSignal,
  ): Promise<Ballots> {
    const id = crypto.randomUUID();
    const replies = await this.#peers.ask(
      { op: "ask", id, side: others, believedForMs },
      others,
      limitMs,
      signal,
    );
    const ballots = new Map<string, Ballot>();
    for (const [name, reply] of replies) {
      if (reply.op !== "answer") continue;
      ballots.set(name, reply.ballot);
      if (reply.seenAll) this.#seenAll = true;
      this.#memory.learn(reply.ballot.settled);
    }
    // Last: it may have accepted something meanwhile.
    return ballots.set(this.#init.cluster.view().node, this.#memory.ballot);
  }

  #votesOf(nodes: readonly string[]): Votes {
    return votesOf(nodes, this.#init.config.weights, WEIGHT);
  }

  #lookLater(): void {
    const { clock } = this.#init;
    this.#cancelLook = clock.wakeAt(clock.nowMs() + LOOK_EVERY_MS, () => {
      void this.#look().finally(() => {
        if (!this.#ended) this.#lookLater();
      });
    });
  }

  /** Nobody asks a quorum while all nodes are heard. That all are there is remembered nevertheless. */
  async #look(): Promise<void> {
    const { cluster, config } = this.#init;
    const { node, nodes } = cluster.view();
    const normal = nodes.filter(({ kind }) => kind === "normal");
    const names = normal.map(({ name }) => name);
    const { settled, open } = this.#memory.ballot;
    const isSo = open.length === 0 && settled !== undefined && sameVotes(settled.votes, this.#votesOf(names));
    const wanted = (config.waitForAll && !this.#seenAll) || (config.lastManStanding && !isSo);
    if (!wanted || !normal.every(({ state }) => state === "up" || state === "active")) return;
    const others = names.filter((name) => name !== node);
    const ballots = await this.#ballotsOf(others, 0, LONGEST_ANSWER_MS);
    if (this.#ended || !names.every((name) => ballots.has(name))) return;
    this.#seenAll = true;
    if (!config.lastManStanding) return;
    const known = union(ballots.values());
    const counted = [known.settled, ...known.open].flatMap((one) => [...(one?.votes.keys() ?? [])]);
    const voters = names.filter((name) => !isBlank(ballots.get(name) ?? BLANK));
    // One that counts, and is not configured any more, may be somewhere else.
    if (!counted.every((name) => names.includes(name)) && !wins(known, voters, this.#init.tieBreaker)) return;
    // Only one that knows nothing sees that it is not in.
    const blank = names.filter((name) => !voters.includes(name));
    this.#tryIfFirst(blank.length > 0 ? blank : voters, names, ballots, config.windowMs);
  }
}
