// A daemon's lives: its generation grows at every start, so that nothing said in a former life is believed.
import type { NodeRecord } from "./node-record.js";

export type LifeVerdict =
  /** Of the life we know. */
  | { readonly kind: "same" }
  /** It has started anew. `unnoticed`: it was never seen to go. */
  | { readonly kind: "new"; readonly unnoticed: boolean }
  /** The life that we took for over goes on: the network was cut, not the node. */
  | { readonly kind: "healed" }
  /** An echo from before its death or its goodbye. */
  | { readonly kind: "stale" }
  /** Of a former life: a replay, or a node whose state was set back. */
  | { readonly kind: "replayed" };

/** Judges a message by the generation it carries. Only a `status` may open or reopen a life. */
export function judgeLife(
  node: NodeRecord,
  generation: number,
  sequence: number,
  isStatus: boolean,
): LifeVerdict {
  if (generation < node.generation) return { kind: "replayed" };
  if (generation > node.generation) {
    if (!isStatus) return { kind: "stale" };
    return { kind: "new", unnoticed: node.generation > 0 && node.isLive() };
  }
  if (node.state !== "dead") return { kind: "same" };
  if (!isStatus || node.released || sequence <= node.lastStatusSequence) return { kind: "stale" };
  return { kind: "healed" };
}
