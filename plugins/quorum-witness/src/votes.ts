// What the answers of all witnesses mean together: a majority of those that are configured must have granted. Pure.
import type { QuorumAnswer } from "@systole/sdk";

export type Vote =
  /** `untilMs`: by this node's clock, counted from the moment at which it asked. */
  | { readonly kind: "granted"; readonly untilMs: number }
  /** Another node has it. */
  | { readonly kind: "held"; readonly holder: string; readonly untilMs: number }
  | { readonly kind: "unreachable"; readonly reason: string };

export interface Count {
  /** By this node's clock. */
  readonly questionMs: number;
  readonly marginMs: number;
  /** The nodes of this side, this one among them. */
  readonly ours: readonly string[];
  /** How many witnesses there are. */
  readonly witnesses: number;
}

/** Undefined while the votes that are still out decide. */
export function countVotes(votes: readonly Vote[], count: Count): QuorumAnswer | undefined {
  const { witnesses, ours, questionMs, marginMs } = count;
  const majority = Math.floor(witnesses / 2) + 1;
  const out = witnesses - votes.length;
  const judged = votes.map((vote) => asSeenFrom(vote, ours));
  // So long a majority holds: to the end of the one of them that ends first.
  const ends = judged.flatMap((vote) => (vote.kind === "granted" ? [vote.untilMs] : []));
  const untilMs = ends.toSorted((a, b) => b - a)[majority - 1];
  const forMs = untilMs === undefined ? 0 : untilMs - marginMs - questionMs;
  if (forMs > 0) return { kind: "granted", forMs };
  if (ends.length + out >= majority && out > 0) return undefined;
  // One that says no may be one of the other side's majority, and those that say nothing the rest of it.
  const holder = judged.find((vote) => vote.kind === "held")?.holder;
  if (holder !== undefined) return { kind: "denied", holder };
  if (out > 0) return undefined;
  return { kind: "unreachable", reason: reasonOf(judged, majority, marginMs) };
}

/** What a node of this side has, no node of another side has, as long as it lasts. */
function asSeenFrom(vote: Vote, ours: readonly string[]): Vote {
  return vote.kind === "held" && ours.includes(vote.holder)
    ? { kind: "granted", untilMs: vote.untilMs }
    : vote;
}

function reasonOf(votes: readonly Vote[], majority: number, marginMs: number): string {
  const reasons = votes.flatMap((vote) => (vote.kind === "unreachable" ? [vote.reason] : []));
  if (reasons.length === 0) return `what is granted ends within ${marginMs} ms`;
  const granted = votes.length - reasons.length;
  const counted = votes.length === 1 ? "" : `${granted} of ${votes.length} grant, and ${majority} must: `;
  return `${counted}${reasons.join("; ")}`;
}
