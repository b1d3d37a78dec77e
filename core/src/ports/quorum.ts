// The third voice of a cluster of two: who may serve when the nodes do not see each other.
import { token, type Token } from "./token.js";

export interface QuorumQuestion {
  readonly self: string;
  /** Every configured node, ping nodes not counted. */
  readonly nodes: readonly string[];
  /** Nodes heard now, self included. */
  readonly alive: readonly string[];
  /** So long, counted from this question, a grant without an end of its own may be believed. Absent: not known. */
  readonly believedForMs?: number;
}

/** `unreachable`: nobody could be asked. It is never a grant and never a denial. */
export type QuorumAnswer =
  /**
   * `forMs`: so long it holds, counted from the moment at which the question was asked; whoever decides gives it to nobody
   * else before. Absent: it holds until it is not renewed any more.
   */
  | { readonly kind: "granted"; readonly forMs?: number }
  | { readonly kind: "denied"; readonly holder?: string }
  | { readonly kind: "unreachable"; readonly reason: string };

/** What one quorum of several said, by the name of its provider. */
export interface NamedQuorumAnswer {
  readonly name: string;
  readonly answer: QuorumAnswer;
}

/** Says whether this side of a partition may serve. Every error counts as `unreachable`. */
export interface Quorum {
  ask(question: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer>;
}

export const Quorum: Token<Quorum> = token<Quorum>("quorum", 1);
