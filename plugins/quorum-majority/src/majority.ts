// More than half of the votes of the configured nodes may serve. Exactly half may where something breaks the tie.
import type { Quorum, QuorumAnswer, QuorumQuestion } from "@systole/sdk";
import { WEIGHT } from "./limits.js";
import { countVotes, votesOf, type TieBreaker } from "./votes.js";

export interface MajorityInit {
  readonly weights?: Readonly<Record<string, number>>;
  readonly tieBreaker?: TieBreaker;
  /** Asked by who has exactly half. It grants to one side at a time. */
  readonly device?: Quorum;
}

export class Majority implements Quorum {
  readonly #init: MajorityInit;
  /** The device has granted something: it is told when nobody is missing any more. */
  #owes = false;

  constructor(init: MajorityInit = {}) {
    this.#init = init;
  }

  async ask(question: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer> {
    if (signal.aborted) return { kind: "unreachable", reason: "the question was given up" };
    const { nodes, alive } = question;
    const { weights = {}, tieBreaker = [], device } = this.#init;
    // A node that has joined without being configured has no vote: the other side cannot know of it.
    const count = countVotes(votesOf(nodes, weights, WEIGHT), alive, tieBreaker);
    const isWhole = nodes.every((node) => alive.includes(node));
    if (device !== undefined && (count === "tied" || (this.#owes && isWhole))) {
      const answer = await device.ask(question, signal);
      this.#owes = answer.kind === "granted" && !isWhole;
      if (count === "tied") return answer;
    }
    return count === "won" ? { kind: "granted" } : { kind: "denied" };
  }
}
