// After a whole roll-over on the same files the two speak Systole's own protocol and are as fast with it as two that never
// were anything else; when one goes back to heartbeat, the other meets it with heartbeat's.
import {
  LabError,
  monotonicMs,
  NODE_NAMES,
  waitFor,
  type Act,
  type Lab,
  type NodeName,
} from "../lab/index.js";
import { statusOf } from "../lab/in-lab.js";
import { COLD_START, replace, start, stop } from "./acts.js";
import { describeChain } from "./chain.js";
import { HEARTBEAT_ALONE } from "./pairing.js";
import { systoleNodes, unharmed } from "./unharmed.js";

/** Half of what heartbeat's protocol takes at best, several times what Systole's does. */
const FAST_MS = 800;

/** The protocol of a node's present life, by its log: the first one is claims, a change is said. */
function protocolOf(lab: Lab, node: NodeName): string {
  const log = lab.node(node).read("/var/log/ha-log");
  const life = log.slice(Math.max(0, log.lastIndexOf(" daemon.starting ")));
  return [...life.matchAll(/ protocol\.chosen protocol=(\w+)/g)].at(-1)?.[1] ?? "claims";
}

/** Every Systole node has chosen it, and says of each node what it speaks. */
function speaks(protocol: "claims" | "r1", dialects: Readonly<Record<NodeName, string>>): Act {
  return unharmed(`speaks-${protocol}`, `the protocol is ${protocol}`, async (lab) => {
    for (const name of systoleNodes(lab)) {
      let seen: unknown;
      await waitFor(
        `${name} to speak ${protocol}`,
        async () => {
          const { nodes } = await statusOf(lab, name);
          const dialectOf = (wanted: NodeName): string | undefined =>
            nodes.find((one) => one.name === wanted)?.dialect;
          seen = [protocolOf(lab, name), ...NODE_NAMES.map(dialectOf)];
          return (
            protocolOf(lab, name) === protocol && NODE_NAMES.every((one) => dialectOf(one) === dialects[one])
          );
        },
        { timeoutMs: 20_000, everyMs: 200, describe: () => JSON.stringify(seen) },
      );
    }
  });
}

/** The client may be without answers no longer than Systole's own protocol takes. */
function fast(one: Act): Act {
  return {
    ...one,
    title: `${one.title}, fast`,
    perform: async (lab) => {
      const sinceMs = monotonicMs();
      const expected = one.expected(lab);
      await one.perform(lab);
      await waitFor(
        `${expected} to answer`,
        () => lab.answers.since(monotonicMs() - 200).some(({ answeredBy }) => answeredBy === expected),
        { timeoutMs: 20_000 },
      );
      const gapMs = Math.round(lab.answers.longestGap(sinceMs, monotonicMs()));
      if (gapMs > FAST_MS) throw new LabError(`the client was without answers for ${String(gapMs)} ms`);
    },
  };
}

const BOTH = { master: "systole", cluster1: "systole" } as const;

describeChain({
  name: "protocols",
  pairings: [HEARTBEAT_ALONE],
  comparison: false,
  acts: [
    COLD_START,
    replace("cluster1", "systole", "master"),
    speaks("r1", { master: "heartbeat", cluster1: "systole" }),
    replace("master", "systole", "master"),
    speaks("claims", BOTH),
    fast(stop("master", "cluster1")),
    fast(start("master", "master")),
    replace("cluster1", "heartbeat", "master"),
    speaks("r1", { master: "systole", cluster1: "heartbeat" }),
    stop("master", "cluster1"),
    start("master", "master"),
  ],
});
