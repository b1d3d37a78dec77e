// What can be known of agents without running a resource: which there are on this machine, and what they can be told.
import { token, type Token } from "./token.js";

export interface AgentParameter {
  readonly name: string;
  readonly required: boolean;
  /** As the agent says: `string`, `integer`, `boolean`, `time` … */
  readonly type: string;
  readonly default?: string;
  /** One line. */
  readonly title: string;
  /** May be long; "" when there is no more to say than the title. */
  readonly text: string;
}

export interface AgentDescription {
  /** One line. */
  readonly title: string;
  /** May be long, with line breaks; "" when the agent says no more. */
  readonly text: string;
  readonly version?: string;
  readonly parameters: readonly AgentParameter[];
  /** The names of the actions it offers, with the time that it advises to give them. */
  readonly actions: readonly { readonly name: string; readonly timeoutMs?: number }[];
  /** Why it cannot be used, where it can be described and yet not run. */
  readonly refusal?: string;
}

export type AgentLookup =
  | { readonly ok: true; readonly description: AgentDescription }
  /** A sentence for the operator. */
  | { readonly ok: false; readonly reason: string };

/**
 * The agents of one class, as they are on this machine now. Provided under the same name as the `ResourceAgent` that
 * runs them. Nothing is started, and what the outside world does is an answer, not an exception.
 */
export interface AgentCatalogue {
  /** The names that a resource can be written with, e.g. `ocf:heartbeat:Dummy`, sorted. */
  list(signal: AbortSignal): Promise<readonly string[]>;
  /** `args` as those of a `ResourceSpec`: what names the agent comes first. */
  describe(args: readonly string[], signal: AbortSignal): Promise<AgentLookup>;
}

export const AgentCatalogue: Token<AgentCatalogue> = token<AgentCatalogue>("agent-catalogue", 1);
