// Where a person has to look, and no program can: how a fence device asks, and how the answer comes back.
import { token, type Token } from "./token.js";

/**
 * Questions to a person, each about one node: is it off? A host service; the person answers by a command, such as
 * `systole fence confirm NODE`.
 */
export interface Confirmations {
  /**
   * Asks a person to make sure that `node` does nothing any more, and waits. `true`: a person has confirmed it while the
   * question was open; an answer given before counts for nothing. `false`: a person has refused, or `signal` aborted,
   * at once also when it had aborted before. Questions about the same node at the same time are one question, answered
   * together. Never rejects.
   */
  ask(node: string, signal: AbortSignal): Promise<boolean>;
}

export const Confirmations: Token<Confirmations> = token<Confirmations>("confirmations", 1);
