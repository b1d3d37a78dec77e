// Quorums beside the witness: the nodes themselves, and somebody who answers whoever reaches him.
import type { SimulatedCluster } from "./cluster.js";
import type { SimulatedQuorum } from "./plan.js";

const ANSWER_MS = 1;

/** As quorum-majority decides, at once. */
export function majorityOf(cluster: SimulatedCluster): SimulatedQuorum {
  return {
    ask: ({ nodes, alive }, report) => {
      const votes = alive.filter((name) => nodes.includes(name)).length;
      cluster.later(ANSWER_MS, () => report({ kind: 2 * votes > nodes.length ? "granted" : "denied" }));
    },
  };
}

/** As quorum-ping: granted to every node that reaches `end`, a name as in the network's cuts. */
export function reachedOf(cluster: SimulatedCluster, end: string): SimulatedQuorum {
  return {
    ask: ({ self }, report) => {
      const { network } = cluster;
      const answers = network.reaches(self, end) && network.reaches(end, self);
      cluster.later(ANSWER_MS, () =>
        report(answers ? { kind: "granted" } : { kind: "unreachable", reason: `${end} does not answer` }),
      );
    },
  };
}
