// Deaths that this node has noticed and may not have the right to act upon: one that is cut off, or has no quorum, fences
// nobody. They are told to the fencing when it has the right again, if the node is not back by then.
import type { Standing } from "../isolation/watch.js";

/** What takes nodes that died, and nodes that must be gone before anything of theirs is taken. */
export interface Fences {
  died(node: string, owned: boolean): void;
  asked(node: string): void;
}

export class Accusations {
  /** By node: whether it held something. */
  private readonly waiting = new Map<string, boolean>();

  constructor(private readonly fences: Fences) {}

  /** It fell silent. */
  died(node: string, owned: boolean): void {
    this.waiting.set(node, owned);
  }

  returned(node: string): void {
    this.waiting.delete(node);
  }

  /** `wanting`: there is something that this node does not hold. */
  advance(standing: Standing, wanting: boolean): void {
    if (standing.take === "no") return;
    for (const [node, owned] of this.waiting) this.fences.died(node, owned);
    this.waiting.clear();
    if (standing.take !== "after a fence" || !wanting) return;
    for (const node of standing.missing) this.fences.asked(node);
  }
}
