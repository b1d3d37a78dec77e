// A class of the catalogue, as data: one that is done here, or one that is not, with the reason.
import type { Allowed } from "./audits.js";
import type { Cluster } from "./cluster.js";
import type { Dice } from "./dice.js";

/** Whose catalogue names it. */
export type Source = "heartbeat" | "Pacemaker" | "both";

export interface Stage {
  /** Whole and at rest when a class begins; whatever a class leaves undone is undone after it. */
  readonly cluster: Cluster;
  readonly dice: Dice;
  /** Prints a figure. */
  readonly tell: (figure: string) => void;
}

export interface DoneClass {
  readonly name: string;
  readonly source: Source;
  /** What is done and must hold, for docs/reliability.md. */
  readonly what: string;
  /** Does it, and judges what is its own to judge: throws, or fails an expectation. Audits follow. */
  readonly perform: (stage: Stage) => Promise<void>;
  /** Errors in the logs that what is done explains. */
  readonly allows?: Allowed;
}

export interface AbsentClass {
  readonly name: string;
  readonly source: Source;
  /** Why there is nothing to do. */
  readonly why: string;
}
