// Two modelled heartbeats on the bench, as the captured nodes were set up.
import type { Failback } from "@systole/core/ports";
import { GROUPS, NODES, TIMINGS } from "./captured-set-up.js";
import { createHeartbeat } from "./index.js";
import { SmallCluster } from "./small-cluster.js";

export function pairOfHeartbeats(seed: number, failback: Failback = "on", fencing = false): SmallCluster {
  return new SmallCluster(seed, ({ self, generation, restored, seed }) =>
    createHeartbeat({
      self,
      nodes: NODES,
      groups: GROUPS,
      failback,
      timings: TIMINGS,
      generation,
      restored,
      seed,
      fencing,
      uuid: new Uint8Array(16).fill(self === "alpha" ? 1 : 2),
    }),
  );
}
