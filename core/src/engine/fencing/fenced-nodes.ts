// Nodes that were fenced: their death is no news, and one that goes on speaking in the same life shows that the device
// has said what is not so.
import type { NodeView } from "../../ports/index.js";
import { LIMITS } from "../limits.js";

interface Fenced {
  /** The node's restart counter at that time; 0 while unknown. */
  readonly generation: number;
  readonly atMs: number;
}

export class FencedNodes {
  private readonly done = new Map<string, Fenced>();
  /** How often a fence turned out to be none, in the node's present life. */
  private readonly lies = new Map<string, number>();

  note(node: string, nodes: readonly NodeView[], nowMs: number): void {
    this.done.set(node, { generation: generationOf(node, nodes), atMs: nowMs });
  }

  has(node: string): boolean {
    return this.done.has(node);
  }

  forget(node: string): void {
    this.done.delete(node);
  }

  /** Returns the names of all, and forgets them. */
  forgetAll(): readonly string[] {
    const names = [...this.done.keys()];
    this.done.clear();
    return names;
  }

  liesOf(node: string): number {
    return this.lies.get(node) ?? 0;
  }

  /** It is heard: `lied` in the life that a fence is said to have ended, `back` in another one. */
  heard(node: string, nodes: readonly NodeView[], nowMs: number): "lied" | "back" | undefined {
    const fenced = this.done.get(node);
    if (fenced === undefined) return undefined;
    const generation = generationOf(node, nodes);
    const isSameLife = fenced.generation !== 0 && generation === fenced.generation;
    // What it said just before may still be on its way.
    if (isSameLife && nowMs - fenced.atMs < LIMITS.fencedEchoMs) return undefined;
    if (!isSameLife && generation === 0) return undefined;
    this.done.delete(node);
    if (isSameLife) this.lies.set(node, this.liesOf(node) + 1);
    else this.lies.delete(node);
    return isSameLife ? "lied" : "back";
  }
}

function generationOf(name: string, nodes: readonly NodeView[]): number {
  return nodes.find((node) => node.name === name)?.generation ?? 0;
}
