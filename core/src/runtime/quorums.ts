// Asks every quorum that is named, each with a deadline, and always brings an answer of each back. What the answers mean
// together is the engine's affair.
import type { Clock, NamedQuorumAnswer, Quorum, QuorumAnswer, QuorumQuestion } from "../ports/index.js";
import { aborted, boundedCall } from "./bounded-call.js";
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

/** What is under way with one quorum. */
interface Line {
  /** Of the newest question. */
  giveUp: AbortController;
  /** A call that has not ended. */
  busy?: Promise<void> | undefined;
  /** It did not end when it was given up: nothing more is asked until it does. */
  hangs: boolean;
}

export class Quorums {
  private readonly ended = new AbortController();
  private readonly lines = new Map<string, Line>();

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
    const line = this.lines.get(name) ?? { giveUp: new AbortController(), hangs: false };
    this.lines.set(name, line);
    if (line.hangs) return unreachable(name, "an earlier question still hangs");
    // Nobody listens to the answer of the earlier one any more.
    line.giveUp.abort(new Error("a later question was asked"));
    line.giveUp = new AbortController();
    const outer = AbortSignal.any([this.ended.signal, line.giveUp.signal]);
    const got: { answer?: QuorumAnswer } = {};
    const asked = async (signal: AbortSignal): Promise<void> => {
      while (line.busy !== undefined && !signal.aborted) await Promise.race([line.busy, aborted(signal)]);
      if (signal.aborted) return;
      const call = askNow(quorum, question, signal);
      line.busy = endOf(call, line);
      got.answer = await call;
    };
    const outcome = await boundedCall(this.init.clock, bounds, outer, asked);
    if ("ending" in outcome && outcome.ending.kind === "hung") line.hangs = line.busy !== undefined;
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

/** What throws at once rejects. */
async function askNow(quorum: Quorum, question: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer> {
  return quorum.ask(question, signal);
}

async function endOf(call: Promise<unknown>, line: Line): Promise<void> {
  await call.catch(() => undefined);
  line.busy = undefined;
  line.hangs = false;
}

function unreachable(name: string, reason: string): NamedQuorumAnswer {
  return { name, answer: { kind: "unreachable", reason } };
}
