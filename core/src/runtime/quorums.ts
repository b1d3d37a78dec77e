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

/** A question that is out. */
interface Running {
  readonly giveUp: AbortController;
  /** When it has ended, and all before it. */
  readonly ended: Promise<unknown>;
}

export class Quorums {
  private readonly ended = new AbortController();
  /** By name. One that hangs is asked nothing more until it ends. */
  private readonly running = new Map<string, Running>();

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
    const deadlineMs = Math.min(QUORUM_LIMITS.askMs, this.init.deadMs);
    const bounds = { deadlineMs, releaseMs: QUORUM_LIMITS.releaseMs };
    const earlier = this.running.get(name);
    // Nobody listens to its answer any more.
    earlier?.giveUp.abort(new Error("a later question was asked"));
    const giveUp = new AbortController();
    let end: () => void = () => undefined;
    const mine = new Promise<void>((resolve) => (end = resolve));
    this.running.set(name, { giveUp, ended: Promise.all([earlier?.ended, mine]) });
    const got: { answer?: QuorumAnswer } = {};
    const asked = async (signal: AbortSignal): Promise<void> => {
      try {
        if (earlier !== undefined) await endOrAbort(earlier.ended, signal);
        if (!signal.aborted) got.answer = await quorum.ask(question, signal);
      } finally {
        end();
      }
    };
    const outer = AbortSignal.any([this.ended.signal, giveUp.signal]);
    const outcome = await boundedCall(this.init.clock, bounds, outer, asked);
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

function endOrAbort(earlier: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  return Promise.race([earlier, aborted]);
}

function unreachable(name: string, reason: string): NamedQuorumAnswer {
  return { name, answer: { kind: "unreachable", reason } };
}
