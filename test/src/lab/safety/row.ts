// What is done to a cluster, row by row, and what must hold: data, and how to do it.
import type { Lab, NodeName, Variant } from "../index.js";
import type { SetUp, SetUpId } from "./set-up.js";
import type { PowerRack } from "./power-rack.js";

/** What a row has to work with. The cluster is up, and `master` serves, when a scenario begins. */
export interface Stage {
  readonly lab: Lab;
  readonly setUp: SetUp;
  /** What is switched off by a fence device; requests are noted in set-ups without one, too. */
  readonly rack: PowerRack;
}

export interface Promised {
  /** Who answers at the end: one of these, e.g. `cluster1`, `both`, `nobody`. */
  readonly ends: readonly Ending[];
  /** Users cannot be served: nobody has the address, or who has it cannot be reached. */
  readonly unserved?: boolean;
  /** Longest time with two answering owners, for a slow machine; absent: as long as the fault lasts. */
  readonly twoOwnersMs?: number;
  /** Longest time that a client may be without answers, where that matters. */
  readonly gapMs?: number;
}

export type Ending = NodeName | "both" | "nobody";

export interface Row {
  readonly id: string;
  readonly title: string;
  /** Does it, and stays until whatever follows must have begun. */
  readonly perform: (stage: Stage) => Promise<void>;
  /** What Systole promises, by set-up. */
  readonly promised: (setUp: SetUpId) => Promised;
}

/** Rows that happen one after the other to the same cluster. */
export interface Scenario {
  readonly id: string;
  readonly rows: readonly Row[];
  readonly setUps: readonly SetUpId[];
  readonly variant?: Variant;
  /** Before the daemons are started. */
  readonly prepare?: (stage: Stage) => Promise<void>;
  /** It needs users besides root, so it cannot be done in a plain user's namespace. */
  readonly needsRealRoot?: boolean;
  /** It keeps the whole machine busy, or needs it for itself: nothing else runs meanwhile. */
  readonly alone?: boolean;
}

export interface RowResult {
  readonly row: string;
  readonly title: string;
  readonly setUp: SetUpId;
  /** Longest time with two nodes that have the address, are linked and answer. */
  readonly twoOwnersMs: number;
  /** Longest time with the address on two nodes, reachable or not. */
  readonly twoConfiguredMs: number;
  /** See `longestGapMs` of the lab. */
  readonly gapMs: number;
  /** Whether the client has answers at the end. */
  readonly served: boolean;
  readonly ends: Ending;
  /** What the power switch was asked to do, and did. */
  readonly switched: readonly string[];
  /** Longest time that an observer did not look: what is shorter may have been missed. */
  readonly blindMs: number;
  readonly lastedMs: number;
}
