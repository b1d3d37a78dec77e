// The six things that the walk-through does to its cluster, in its order, each with what must be true afterwards.
import type { NodeName } from "./cluster-files.js";
import type { Lab } from "./lab.js";
import { LabError } from "./wait.js";

export type ActId = "cold-start" | "stop" | "failback" | "cable-pulled" | "cable-back" | "icmp-dropped";

/** One act: what is done, and who must answer when the dust has settled. */
export interface Act {
  readonly id: string;
  readonly title: string;
  readonly perform: (lab: Lab) => Promise<void>;
  /** Called before `perform`, since it may depend on who is active. */
  readonly expected: (lab: Lab) => NodeName;
}

export const ACTS: readonly (Act & { readonly id: ActId })[] = [
  {
    id: "cold-start",
    title: "cold start",
    perform: async (lab) => {
      await Promise.all([lab.node("master").start(), lab.node("cluster1").start()]);
    },
    expected: () => "master",
  },
  {
    id: "stop",
    title: "stop the active daemon",
    perform: async (lab) => {
      const code = await lab.node("master").stop();
      if (code !== 0)
        throw new LabError(`the daemon of master ended with status ${String(code)} after SIGTERM`);
    },
    expected: () => "cluster1",
  },
  {
    id: "failback",
    title: "start it again (failback)",
    perform: (lab) => lab.node("master").start(),
    expected: () => "master",
  },
  {
    id: "cable-pulled",
    title: "pull the cable",
    perform: (lab) => lab.pullCable("master"),
    expected: () => "cluster1",
  },
  {
    id: "cable-back",
    title: "put it back",
    perform: (lab) => lab.plugCable("master"),
    expected: () => "master",
  },
  {
    id: "icmp-dropped",
    title: "drop ICMP on the active node",
    perform: (lab) => lab.dropIcmp(activeNode(lab)),
    expected: (lab) => lab.peerOf(activeNode(lab)),
  },
];

export function act(id: ActId): Act {
  const found = ACTS.find((one) => one.id === id);
  if (found === undefined) throw new LabError(`no act ${id}`);
  return found;
}

/** The one node that has the address. Throws LabError when there is none or more than one. */
export function activeNode(lab: Lab): NodeName {
  const holders = lab.reachableHolders();
  const [only] = holders;
  if (only === undefined || holders.length > 1) {
    throw new LabError(`expected one node with the address, found: ${holders.join(", ") || "none"}`);
  }
  return only;
}
