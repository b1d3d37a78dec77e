// Asks every quorum that is named, each with a deadline, and always brings an answer of each back. What the answers mean
// together is the engine's affair.
import type { Clock, NamedQuorumAnswer, Quorum, QuorumAnswer, QuorumQuestion } from "../ports/index.js";
import { boundedCall } from "./bounded-call.js";
import { reasonOf } from "./plugin-problem.js";

export const QUORUM_LIMITS = {
  /** How long an answer may take; a cluster with a shorter deadtime waits for no longer than that. */
  askMs: 10_000,
  /** How long an aborted question may take to give up. */
  releaseMs: 1000,
} as const;

export interface NamedQuorum {
  readonly name: string;
  readonly quorum: Quorum;
}

export interface QuorumsInit {
  readonly clock: Clock;
  readonly quorums: readonly NamedQuorum[];
  readonly deadMs: number;
  readonly report: (id: number, answers: readonly NamedQuorumAnswer[]) => void;
}

export class Quorums {
  private readonly ended = new AbortController();
  /** One that still hangs after its deadline is asked nothing more until it ends. */
  private readonly hanging = new Set<string>();

  constructor(private readonly init: QuorumsInit) {}

  /** Answered by `report` with the same id, exactly once. */
  ask(id: number, question: QuorumQuestion): void {
    const answers = this.init.quorums.map((quorum) => this.askOne(quorum, question));
    void Promise.all(answers).then((all) => this.init.report(id, all));
  }

  /** Ends what is under way; it is still answered. */
  close(): void {
    this.ended.abort(new Error("this node has left"));
  }

  private async askOne({ name, quorum }: NamedQuorum, question: QuorumQuestion): Promise<NamedQuorumAnswer> {
    if (this.hanging.has(name)) return unreachable(name, "an earlier question still hangs");
    const deadlineMs = Math.min(QUORUM_LIMITS.askMs, this.init.deadMs);
    const bounds = { deadlineMs, releaseMs: QUORUM_LIMITS.releaseMs };
    const got: { answer?: QuorumAnswer } = {};
    const asked = async (signal: AbortSignal): Promise<void> => {
      this.hanging.add(name);
      try {
        got.answer = await quorum.ask(question, signal);
      } finally {
        this.hanging.delete(name);
      }
    };
    const outcome = await boundedCall(this.init.clock, bounds, this.ended.signal, asked);
    switch (outcome.kind) {
      case "done":
        return got.answer === undefined ? unreachable(name, "it said nothing") : { name, answer: got.answer };
      case "failed":
        return unreachable(name, reasonOf(outcome.error));
      case "timeout":
        return unreachable(name, `it did not answer within ${deadlineMs} ms`);
      case "aborted":
        return unreachable(name, "the question was given up");
    }
  }
}

function unreachable(name: string, reason: string): NamedQuorumAnswer {
  return { name, answer: { kind: "unreachable", reason } };
}
