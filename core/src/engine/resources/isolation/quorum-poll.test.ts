import { beforeEach, describe, expect, it } from "vitest";
import type { NamedQuorumAnswer, PolicyOutput, QuorumAnswer } from "../../../ports/index.js";
import { combineAnswers } from "./combine.js";
import { QuorumPoll } from "./quorum-poll.js";

const named = (...answers: readonly QuorumAnswer[]): readonly NamedQuorumAnswer[] =>
  answers.map((answer, index) => ({ name: `q${index}`, answer }));
const GRANTED: QuorumAnswer = { kind: "granted" };
const GONE: QuorumAnswer = { kind: "unreachable", reason: "no route" };

describe("several quorums", () => {
  it.each<readonly [string, readonly QuorumAnswer[], QuorumAnswer["kind"]]>([
    ["all grant", [GRANTED, { kind: "granted", forMs: 500 }], "granted"],
    ["one denies", [GRANTED, { kind: "denied" }], "denied"],
    ["one is silent", [GRANTED, GONE], "unreachable"],
    ["one denies and one is silent", [GONE, { kind: "denied" }], "denied"],
    ["held by this node", [{ kind: "denied", holder: "master" }], "granted"],
    ["held by a node of this side", [{ kind: "denied", holder: "cluster2" }], "granted"],
    ["nobody was asked", [], "unreachable"],
  ])("%s", (_name, answers, kind) => {
    expect(combineAnswers(named(...answers), ["master", "cluster2"]).kind).toBe(kind);
  });

  it("the grant that ends first decides", () => {
    const answers = named({ kind: "granted", forMs: 900 }, { kind: "granted", forMs: 500 });
    expect(combineAnswers(answers, [])).toEqual({ kind: "granted", forMs: 500 });
  });
});

describe("asking the quorum", () => {
  let asked: Extract<PolicyOutput, { kind: "quorum.ask" }>[];
  let poll: QuorumPoll;

  beforeEach(() => {
    asked = [];
    let id = 0;
    poll = new QuorumPoll({
      self: "master",
      nodes: ["master", "cluster1", "cluster2"],
      deadMs: 1000,
      answerWithinMs: 400,
      nextId: () => (id += 1),
      emit: (output) => void (output.kind === "quorum.ask" && asked.push(output)),
    });
  });

  const answer = (...answers: readonly QuorumAnswer[]): void =>
    poll.report(asked.at(-1)?.id ?? -1, named(...answers));

  it("asks nobody while everybody is heard", () => {
    poll.tick(false, ["cluster1", "cluster2"], false, 0);
    expect(asked).toEqual([]);
    expect(poll.deadline(0)).toBe(Number.POSITIVE_INFINITY);
  });

  it("asks for the nodes of whom there is no doubt, one question at a time, each after a pause", () => {
    poll.tick(true, ["cluster2"], false, 0);
    poll.tick(true, ["cluster2"], false, 100);
    expect(asked.map(({ question }) => question.alive)).toEqual([["master", "cluster2"]]);
    answer(GRANTED);
    poll.tick(true, ["cluster2"], false, 200);
    expect(asked).toHaveLength(1);
    expect(poll.deadline(200)).toBe(250);
    poll.tick(true, ["cluster2"], false, 250);
    expect(asked).toHaveLength(2);
  });

  it("believes a grant without an end for a dead time more than it is renewed", () => {
    poll.tick(true, [], false, 0);
    answer(GRANTED);
    expect(poll.verdict(999)).toBe("granted");
    poll.tick(true, [], false, 500);
    answer(GONE);
    expect(poll.verdict(999)).toBe("granted");
    expect(poll.deadline(600)).toBe(750);
    expect(poll.verdict(1000)).toBe("unreachable");
  });

  it("counts the end of a grant from the question, and asks again at half of it", () => {
    poll.tick(true, [], false, 100);
    answer({ kind: "granted", forMs: 300 });
    expect(poll.deadline(120)).toBe(250);
    expect(poll.verdict(399)).toBe("granted");
    expect(poll.verdict(400)).toBe("unreachable");
  });

  it("does not ask again for what it has for longer than a pause before half of it is over", () => {
    poll.tick(true, [], false, 0);
    answer({ kind: "granted", forMs: 9000 });
    poll.tick(true, [], false, 4499);
    expect(asked).toHaveLength(1);
    expect(poll.deadline(4499)).toBe(4500);
    poll.tick(true, [], false, 4500);
    answer(GONE);
    expect(poll.verdict(4500)).toBe("granted");
    poll.tick(true, [], false, 4750);
    expect(asked).toHaveLength(3);
    expect(poll.verdict(9000)).toBe("unreachable");
  });

  it.each<readonly [string, QuorumAnswer, readonly string[], number]>([
    [
      "gives back what it was granted until a moment when every node has been heard for a dead time",
      { kind: "granted", forMs: 9000 },
      ["cluster1", "cluster2"],
      1,
    ],
    [
      "keeps it when only those are heard of whom anything is known",
      { kind: "granted", forMs: 9000 },
      ["cluster1"],
      0,
    ],
    ["has nothing to give back of a grant without an end", GRANTED, ["cluster1", "cluster2"], 0],
    ["nor of a denial", { kind: "denied" }, ["cluster1", "cluster2"], 0],
  ])("%s", (_name, said, heard, questions) => {
    poll.tick(true, [], false, 0);
    answer(said);
    poll.tick(false, heard, false, 100);
    expect(poll.verdict(100)).toBe("asked");
    poll.tick(false, heard, false, 1099);
    expect(asked).toHaveLength(1);
    for (const nowMs of [1100, 1200]) poll.tick(false, heard, false, nowMs);
    expect(asked.slice(1).map(({ question }) => question.alive)).toEqual(
      Array.from({ length: questions }, () => ["master", ...heard]),
    );
  });

  it("keeps what it was granted when a node is missed again before that", () => {
    poll.tick(true, [], false, 0);
    answer({ kind: "granted", forMs: 9000 });
    poll.tick(false, ["cluster1", "cluster2"], false, 100);
    expect(poll.deadline(100)).toBe(1100);
    poll.tick(true, [], false, 500);
    poll.tick(false, ["cluster1", "cluster2"], false, 1200);
    expect(asked.map(({ question }) => question.alive)).toEqual([["master"], ["master"]]);
  });

  it("a denial outlives the quorum that said it, and a grant ends it", () => {
    poll.tick(true, [], false, 0);
    answer({ kind: "denied", holder: "cluster1" });
    poll.tick(true, [], false, 300);
    answer(GONE);
    expect(poll.verdict(5000)).toBe("denied");
    poll.tick(true, [], false, 600);
    answer(GRANTED);
    expect(poll.verdict(700)).toBe("granted");
  });

  it("what two nodes were granted is not granted to one of them", () => {
    poll.tick(true, ["cluster2"], false, 0);
    answer(GRANTED);
    poll.tick(true, [], false, 10);
    expect(poll.verdict(10)).toBe("asked");
    expect(asked.map(({ question }) => question.alive)).toEqual([["master", "cluster2"], ["master"]]);
  });

  it("waits longer for its answer where this node holds nothing", () => {
    poll.tick(true, [], true, 0);
    expect(poll.verdict(999)).toBe("asked");
    expect(poll.deadline(0)).toBe(1000);
    expect(poll.verdict(1000)).toBe("unreachable");
  });

  it("an answer that comes too late, or to an older question, is nothing", () => {
    poll.tick(true, [], false, 0);
    expect(poll.verdict(399)).toBe("asked");
    expect(poll.verdict(400)).toBe("unreachable");
    poll.tick(true, [], false, 1000);
    poll.report(asked[0]?.id ?? -1, named(GRANTED));
    expect(poll.verdict(1001)).toBe("unreachable");
    answer(GRANTED);
    expect(poll.verdict(1001)).toBe("granted");
  });
});
