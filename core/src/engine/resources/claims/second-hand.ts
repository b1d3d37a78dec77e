// Nodes that this node does not hear, and others do: they live, and may run what was given to them. When those others fall silent
// too, such a node is one that may still run something, whatever was known of its former life.
import type { NodeView } from "../../../ports/index.js";
import type { NodeReport } from "./report.js";
import { isLive, isReady, peerOf, type World } from "./world.js";

/** Who is dead here lives where another node hears it. A sentence; undefined when nobody is known to hear it. */
export function heardElsewhere(node: string, world: World): string | undefined {
  const peer = peerOf(world, node);
  if (peer === undefined || isLive(peer) || peer.stopped === true) return undefined;
  const hearer = world.peers.find(
    (other) => isReady(other) && other.report?.unheard?.includes(node) !== true,
  );
  return hearer === undefined ? undefined : `${hearer.name} hears ${node}, which this node does not`;
}

export class SecondHand {
  /** Nodes that are dead here, and that another node hears again. */
  private readonly returned = new Set<string>();

  /** Names of nodes that are dead here, and that a peer did not hear and hears again. */
  hear(before: NodeReport | undefined, report: NodeReport, nodes: readonly NodeView[]): readonly string[] {
    const again = (before?.unheard ?? []).filter((name) => report.unheard?.includes(name) !== true);
    const dead = again.filter((name) => nodes.some((node) => node.name === name && node.state === "dead"));
    for (const name of dead) this.returned.add(name);
    return dead;
  }

  isEmpty(): boolean {
    return this.returned.size === 0;
  }

  /** Those that nobody hears any more. Each is told once. */
  lost(world: World): readonly string[] {
    const gone = [...this.returned].filter((name) => heardElsewhere(name, world) === undefined);
    for (const name of gone) this.returned.delete(name);
    return gone.filter((name) => peerOf(world, name)?.state === "dead");
  }
}
