// What fencing is made with, and what it tells.
import type { FencingRules, PolicyOutput } from "../../ports/index.js";
import type { FenceWord } from "./fence-word.js";

export interface FencingInit {
  readonly self: string;
  /** Whether devices are configured. */
  readonly configured: boolean;
  readonly rules?: FencingRules | undefined;
  /** How far apart the deaths of several nodes may be noticed that are one event; absent: there is only one other node. */
  readonly settleMs?: number;
  readonly nextId: () => number;
  readonly emit: (output: PolicyOutput) => void;
}

/** What came of an attempt of this node, or of a person's word, for those who tell others of it. */
export interface FenceOutcome extends FenceWord {
  /** A sentence. */
  readonly reason: string;
}
