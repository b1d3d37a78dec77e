import { describe, expect, it } from "vitest";
import type { NamedQuorumAnswer, Quorum, QuorumAnswer } from "../ports/index.js";
import { NodeClock } from "../host/node-clock.js";
import { Quorums } from "./quorums.js";

const QUESTION = { self: "master", nodes: ["master", "cluster1"], alive: ["master"] };

function answersOf(...quorums: readonly Quorum[]): Promise<readonly NamedQuorumAnswer[]> {
  return new Promise((resolve) => {
    const named = quorums.map((quorum, index) => ({ name: `q${index}`, quorum }));
    const report = (_id: number, answers: readonly NamedQuorumAnswer[]): void => resolve(answers);
    new Quorums({ clock: new NodeClock(), quorums: named, deadMs: 50, report }).ask(1, QUESTION);
  });
}

function says(answer: QuorumAnswer): Quorum {
  return { ask: async () => answer };
}

describe("quorums", () => {
  it("each is asked the same, and each answer is brought back by its name", async () => {
    const answers = await answersOf(says({ kind: "granted", forMs: 10 }), says({ kind: "denied" }));
    expect(answers).toEqual([
      { name: "q0", answer: { kind: "granted", forMs: 10 } },
      { name: "q1", answer: { kind: "denied" } },
    ]);
  });

  it("one that throws, and one that is too late, could not be reached", async () => {
    const throws: Quorum = { ask: () => Promise.reject(new Error("connection refused")) };
    const late: Quorum = {
      ask: (_question, signal) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener("abort", () => reject(new Error("aborted"))),
        ),
    };
    const answers = await answersOf(throws, late);
    expect(answers.map(({ answer }) => answer)).toEqual([
      { kind: "unreachable", reason: "connection refused" },
      { kind: "unreachable", reason: "it did not answer within 50 ms" },
    ]);
  });

  it("one that is asked again gives the earlier question up, and answers the later one", async () => {
    const questions: string[] = [];
    const slow: Quorum = {
      ask: ({ alive }, signal) => {
        questions.push(alive.join());
        if (alive.length === 1) return Promise.resolve({ kind: "granted" });
        return new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve({ kind: "unreachable", reason: "given up" }));
        });
      },
    };
    const heard = new Map<number, QuorumAnswer | undefined>();
    const quorums = new Quorums({
      clock: new NodeClock(),
      quorums: [{ name: "slow", quorum: slow }],
      deadMs: 5000,
      report: (id, [first]) => void heard.set(id, first?.answer),
    });
    quorums.ask(1, { ...QUESTION, alive: QUESTION.nodes });
    quorums.ask(2, QUESTION);
    await expect.poll(() => heard.get(2)).toEqual({ kind: "granted" });
    await expect.poll(() => heard.get(1)?.kind).toBe("unreachable");
    expect(questions).toEqual([QUESTION.nodes.join(), "master"]);
  });

  it("one that hangs is asked nothing more until it ends, and is answered for", async () => {
    let asked = 0;
    let end: (answer: QuorumAnswer) => void = () => undefined;
    const hangs: Quorum = {
      ask: () => {
        asked += 1;
        return new Promise((resolve) => (end = resolve));
      },
    };
    const heard: (readonly NamedQuorumAnswer[])[] = [];
    const quorums = new Quorums({
      clock: new NodeClock(),
      quorums: [{ name: "slow", quorum: hangs }],
      deadMs: 20,
      report: (_id, answers) => void heard.push(answers),
    });
    quorums.ask(1, QUESTION);
    quorums.ask(2, QUESTION);
    await expect.poll(() => heard.length, { timeout: 5000 }).toBe(2);
    expect(asked).toBe(1);
    end({ kind: "granted" });
    await expect
      .poll(() => {
        quorums.ask(3, QUESTION);
        return asked;
      })
      .toBe(2);
    end({ kind: "granted" });
  });
});
