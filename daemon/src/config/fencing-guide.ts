// Fencing without anybody to ask: of two nodes that lose each other the one that serves has the head start, and it may be
// the one that the network has left.

export const UNGUIDED =
  "a node that the network has left cannot know that without a ping node or a quorum: it fences the healthy one, and nobody is served; write a `ping` line in ha.cf, or name a quorum under `quorum` in systole.yaml";

export function isUnguided(nodes: number, pingNodes: number, quorum: readonly string[] = []): boolean {
  return nodes > 1 && pingNodes === 0 && quorum.length === 0;
}
