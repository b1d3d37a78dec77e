// The third voice of a cluster of two: who may serve when the nodes do not see each other.
import { token, type Token } from "./token.js";

export interface QuorumQuestion {
  readonly self: string;
  /** Every configured node, ping nodes not counted. */
  readonly nodes: readonly string[];
  /** Nodes heard now, self included. */
  readonly alive: readonly string[];
}

/** `unreachable`: nobody could be asked. It is never a grant and never a denial. */
export type QuorumAnswer =
  | { readonly kind: "granted"; readonly untilMs?: number }
  | { readonly kind: "denied"; readonly holder?: string }
  | { readonly kind: "unreachable"; readonly reason: string };

/** Says whether this side of a partition may serve. Every error counts as `unreachable`. */
export interface Quorum {
  ask(question: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer>;
}

export const Quorum: Token<Quorum> = token<Quorum>("quorum", 1);
