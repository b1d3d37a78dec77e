// heartbeat calls a link of its own node up only when it hears itself over it: over broadcast, not over unicast. Programs
// that compare what `cl_status` says must find the same here. Pure.
import type { ClusterSituation } from "@systole/sdk";

export function asHeartbeatSees(situation: ClusterSituation, heardOver: readonly string[]): ClusterSituation {
  return {
    ...situation,
    nodes: situation.nodes.map((node) =>
      node.name === situation.node
        ? {
            ...node,
            links: node.links.map(({ name }) => ({ name, state: heardOver.includes(name) ? "up" : "dead" })),
          }
        : node,
    ),
  };
}
