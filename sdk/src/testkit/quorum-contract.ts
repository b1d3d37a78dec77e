// What every quorum must do, as data: above all, that no error ever becomes a grant.
import { type Quorum, type QuorumAnswer, type QuorumQuestion, timeLimit } from "@systole/core/ports";
import type { ContractCase } from "./contract.js";
import { expectAnswer, expectEqual, expectThat } from "./expectations.js";

/** A quorum that will say yes, to a side of two nodes that see nobody else. */
export interface QuorumSubject {
  readonly quorum: Quorum;
  /** Will be granted: nobody else has asked yet. */
  readonly question: QuorumQuestion;
  /** The quorum of the other side, with its question, asked about the same cluster. */
  readonly rival?: { readonly quorum: Quorum; readonly question: QuorumQuestion };
  /** From now on whoever decides refuses connections, or answers nonsense. */
  readonly break?: () => Promise<void>;
  /** From now on whoever decides takes every question and never answers. */
  readonly stall?: () => Promise<void>;
}

/** What a subject offers: by what it has. */
export function quorumOffers(subject: QuorumSubject): readonly string[] {
  return (["rival", "break", "stall"] as const).filter((part) => subject[part] !== undefined);
}

const live = (): AbortSignal => new AbortController().signal;

/** Asks; throwing, hanging and an answer in no known form are breaches of their own. */
async function ask(quorum: Quorum, question: QuorumQuestion, signal = live()): Promise<QuorumAnswer> {
  const answer = await expectAnswer(() => quorum.ask(question, signal), "ask");
  if (answer.kind === "granted" && answer.forMs !== undefined)
    expectThat(Number.isFinite(answer.forMs) && answer.forMs > 0, `forMs is ${answer.forMs}`);
  if (answer.kind === "unreachable")
    expectThat(answer.reason.trim() !== "", "unreachable must come with a reason");
  const known = ["granted", "denied", "unreachable"].includes(answer.kind);
  expectThat(known, `an answer is granted, denied or unreachable; this one is ${JSON.stringify(answer)}`);
  return answer;
}

function expectUnreachable(answer: QuorumAnswer, when: string): void {
  expectEqual(answer.kind, "unreachable", when);
}

export const quorumContract: readonly ContractCase<QuorumSubject>[] = [
  {
    id: "grants",
    name: "grants to the first that asks",
    async run({ quorum, question }) {
      expectEqual((await ask(quorum, question)).kind, "granted", "the first question");
    },
  },
  {
    id: "grants-again",
    name: "grants again to whom it has granted",
    async run({ quorum, question }) {
      await ask(quorum, question);
      expectEqual((await ask(quorum, question)).kind, "granted", "the same question again");
    },
  },
  {
    id: "leaves-the-question",
    name: "does not change the question",
    async run({ quorum, question }) {
      const before = JSON.stringify(question);
      await ask(quorum, question);
      expectEqual(JSON.stringify(question), before, "the question afterwards");
    },
  },
  {
    id: "denies-the-second",
    name: "does not grant to the other side what it has granted to one",
    needs: "rival",
    async run({ quorum, question, rival }) {
      if (rival === undefined) return;
      await ask(quorum, question);
      const second = await ask(rival.quorum, rival.question);
      expectThat(second.kind !== "granted", "both sides were granted");
      if (second.kind === "denied" && second.holder !== undefined)
        expectEqual(second.holder, question.self, "the holder that the denied side is told");
    },
  },
  {
    id: "one-of-two-at-once",
    name: "grants to one side only when both ask at the same time, again and again",
    needs: "rival",
    async run({ quorum, question, rival }) {
      if (rival === undefined) return;
      for (let round = 0; round < 10; round += 1) {
        const answers = await Promise.all([ask(quorum, question), ask(rival.quorum, rival.question)]);
        const granted = answers.filter(({ kind }) => kind === "granted").length;
        expectThat(granted <= 1, `both sides were granted in round ${round + 1}`);
      }
    },
  },
  {
    id: "aborted",
    name: "answers unreachable when it is aborted before it began",
    async run({ quorum, question }) {
      expectUnreachable(await ask(quorum, question, AbortSignal.abort()), "an aborted question");
    },
  },
  {
    id: "broken",
    name: "answers unreachable when whoever decides cannot be asked, also to a former holder",
    needs: "break",
    async run(subject) {
      const { quorum, question } = subject;
      await ask(quorum, question);
      await subject.break?.();
      expectUnreachable(await ask(quorum, question), "a question to nobody");
    },
  },
  {
    id: "stalled",
    name: "answers unreachable soon after the abort when whoever decides does not answer",
    needs: "stall",
    async run(subject) {
      await subject.stall?.();
      const answer = await ask(subject.quorum, subject.question, timeLimit(30));
      expectUnreachable(answer, "a question that was not answered");
    },
  },
];
