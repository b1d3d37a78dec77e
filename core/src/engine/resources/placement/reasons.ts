// Why an instance is where it is, or nowhere, in sentences for operators.
import { MUST_SCORE } from "../../../ports/index.js";
import type { Allotted } from "./allocation.js";
import { isUsable } from "./colocation.js";
import { isClone } from "./runnable.js";
import { compareScores, NO_SCORE, type NodeScore } from "./score.js";
import type { Situation } from "./situation.js";
import type { Slot } from "./slots.js";
import type { NodeStanding } from "./state.js";

const STANDINGS: Readonly<Record<Exclude<NodeStanding, "online">, string>> = {
  standby: "is in standby",
  maintenance: "is in maintenance",
  unclean: "is not heard, and must be fenced",
  lost: "is not there",
};

/** Why this node and no other. */
export function whyThere(allotted: Allotted, slot: Slot, situation: Situation): string {
  const { held, group } = allotted;
  if (slot.leftAlone) return held ?? `it is left as it is on ${slot.node}`;
  const moved = situation.wishes.some(
    (wish) => wish.kind === "move" && wish.group === group.name && wish.node === slot.node,
  );
  if (moved) return `an operator moved it to ${slot.node}`;
  if (isClone(group)) return whyOneOf(allotted, slot);
  if (slot.runs !== undefined) return whyItStays(allotted, slot, situation);
  const left = situation.runningOf(group.name)[0];
  const best = whyBest(allotted, slot, situation);
  if (left === undefined) return best;
  return `${whyNotOn(left.node, allotted, situation) ?? `it is worth less on ${left.node}`}; ${best}`;
}

function whyOneOf({ group, scores }: Allotted, { node }: Slot): string {
  const max = group.clone?.max;
  if (max === undefined) return "one of its instances runs on each node that it may run on";
  return `one of its ${max} instances runs there: ${node} is worth ${worthText(scores.get(node))}`;
}

/** As people read it. */
function worthText(score: NodeScore = NO_SCORE): string {
  return score.score >= MUST_SCORE ? "a must" : String(score.score);
}

function whyItStays(allotted: Allotted, { node }: Slot, situation: Situation): string {
  const rivals = otherChoices(allotted, node, situation);
  if (rivals.length === 0) return `it runs there, and no other node can run it`;
  const own = worthText(allotted.scores.get(node));
  return `it stays where it runs: ${node} is worth ${own}, ${rivals.join(", ")}`;
}

function whyBest(allotted: Allotted, { node }: Slot, situation: Situation): string {
  const rivals = otherChoices(allotted, node, situation);
  if (rivals.length === 0) return `${node} is the only node that can run it`;
  const own = worthText(allotted.scores.get(node));
  return `${node} is the best: it is worth ${own}, ${rivals.join(", ")}`;
}

/** At most three, the best first. */
function otherChoices({ scores }: Allotted, node: string, situation: Situation): readonly string[] {
  const others = [...scores].filter(
    ([name, { score }]) => name !== node && score >= 0 && isUsable(name, situation),
  );
  const sorted = others.toSorted(([, a], [, b]) => compareScores(a, b));
  const shown = sorted.slice(0, 3).map(([name, score]) => `${name} ${worthText(score)}`);
  return sorted.length > 3 ? [...shown, `${sorted.length - 3} more at most that`] : shown;
}

/** Why it runs nowhere. */
export function whyNowhere(allotted: Allotted, situation: Situation): string {
  const { held, slots } = allotted;
  if (held !== undefined) return held;
  const { state, rules } = situation;
  if (!state.quorum && rules.noQuorum === "freeze" && slots.length === 0)
    return "there is no quorum: nothing is started that does not run on this side";
  const reasons = situation.nodes.flatMap(({ name }) => whyNotOn(name, allotted, situation) ?? []);
  if (slots.length > 0) return ["no further node can run it", ...reasons].join("; ");
  return `no node can run it: ${reasons.join("; ")}`;
}

/** Undefined: nothing speaks against it. */
function whyNotOn(node: string, { scores }: Allotted, situation: Situation): string | undefined {
  const standing = situation.standingOf(node);
  if (standing !== "online") return `${node} ${STANDINGS[standing]}`;
  const found = scores.get(node);
  if (found === undefined) return `${node} is not in the configuration`;
  if (found.barred !== undefined && found.barred !== "") return found.barred;
  return found.score < 0 ? `it would rather not run on ${node} (${found.score})` : undefined;
}
