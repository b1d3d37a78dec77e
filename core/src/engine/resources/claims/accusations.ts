// Deaths that this node has noticed and may not have the right to act upon: one that is cut off, or has no quorum, fences
// nobody. They are told to the fencing when it has the right again, if the node is not back by then.
import type { NodeView } from "../../../ports/index.js";
import type { Race } from "../../fencing/race.js";
import type { Standing } from "../isolation/watch.js";
import type { NodeReport } from "./report.js";
import { SecondHand } from "./second-hand.js";
import type { World } from "./world.js";

/** What makes sure that a node is gone before anything of it is taken. */
export interface Fences {
  died(race: Race, nowMs: number): void;
  /** It is heard again, by this node. */
  returned(node: string): void;
  /** Another node hears it again: what was known of its former life is over. */
  returnedElsewhere(node: string): void;
}

export class Accusations {
  private readonly secondHand = new SecondHand();
  /** By node, what it may have left behind; undefined: nothing that could be done about. */
  private readonly waiting = new Map<string, Race | undefined>();
  /** To be fenced since they were missing: nobody may have called them dead, and so nobody says that they are back. */
  private readonly feared = new Set<string>();

  constructor(
    private readonly fences: Fences,
    private readonly raceAgainst: (node: string, nodes: readonly NodeView[]) => Race | undefined,
  ) {}

  /** It fell silent; what it said last still stands. */
  died(node: string, nodes: readonly NodeView[]): void {
    this.waiting.set(node, this.raceAgainst(node, nodes));
  }

  returned(node: string): void {
    this.waiting.delete(node);
  }

  /** What a peer says, and said before: it may hear again whom this node does not. */
  heard(before: NodeReport | undefined, report: NodeReport, nodes: readonly NodeView[]): void {
    for (const node of this.secondHand.hear(before, report, nodes)) this.fences.returnedElsewhere(node);
  }

  /** Who lived where others heard it has died when they have, or say so. `world`: only made where there is such a node. */
  missed(world: () => World, nodes: readonly NodeView[]): void {
    if (this.secondHand.isEmpty()) return;
    for (const node of this.secondHand.lost(world())) this.died(node, nodes);
  }

  /** `wanting`: there is something that this node does not hold. */
  advance(standing: Standing, wanting: boolean, nodes: readonly NodeView[], nowMs: number): void {
    this.reassure(standing);
    if (standing.take === "no") return;
    for (const race of this.waiting.values()) if (race !== undefined) this.fences.died(race, nowMs);
    this.waiting.clear();
    if (standing.take !== "after a fence" || !wanting) return;
    for (const node of standing.missing) {
      const race = this.raceAgainst(node, nodes);
      // Nothing is taken from whom nobody has heard: whatever it said last does not make it idle.
      if (race === undefined) continue;
      this.fences.died({ ...race, idle: false }, nowMs);
      this.feared.add(node);
    }
  }

  /** Who is heard again shortly before it would have been called dead is not fenced. */
  private reassure({ missing }: Standing): void {
    for (const node of this.feared) {
      if (missing.includes(node)) continue;
      this.feared.delete(node);
      this.fences.returned(node);
    }
  }
}
