// Several quorums are one voice: each that is named must grant, and one denial is enough.
import type { NamedQuorumAnswer, QuorumAnswer } from "../../../ports/index.js";

/** `ours`: the nodes of this side. What one of them holds is not held by another side. */
export function combineAnswers(answers: readonly NamedQuorumAnswer[], ours: readonly string[]): QuorumAnswer {
  const judged = answers.map(({ name, answer }) => ({ name, answer: asSeenFrom(answer, ours) }));
  const denied = judged.find(({ answer }) => answer.kind === "denied");
  if (denied !== undefined) return denied.answer;
  const silent = judged.flatMap(({ name, answer }) =>
    answer.kind === "unreachable" ? [`${name}: ${answer.reason}`] : [],
  );
  if (silent.length > 0) return { kind: "unreachable", reason: silent.join("; ") };
  if (judged.length === 0) return { kind: "unreachable", reason: "there is nobody to ask" };
  const ends = judged.flatMap(({ answer }) =>
    answer.kind === "granted" && answer.forMs !== undefined ? [answer.forMs] : [],
  );
  return ends.length === 0 ? { kind: "granted" } : { kind: "granted", forMs: Math.min(...ends) };
}

function asSeenFrom(answer: QuorumAnswer, ours: readonly string[]): QuorumAnswer {
  const isOurs = answer.kind === "denied" && answer.holder !== undefined && ours.includes(answer.holder);
  return isOurs ? { kind: "granted" } : answer;
}
