// What bad company may cost: nothing. Wraps an act with a judgement of daemons, address and client.
import { LabError, monotonicMs, NODE_NAMES, pause, type Act, type Lab, type NodeName } from "../lab/index.js";

/** For a machine that is busy with other things; that the address did not move is looked at by itself. */
const GAP_LIMIT_MS = 1000;
/** What a chain of such acts has: a machine that is busy with other tests must not be the one that calls a node dead. */
export const PATIENT = { deadtimeSeconds: 3 } as const;
/** Longer than deadtime: what wrongly moves would move within it. */
const AFTERMATH_MS = 3500;

/** An act during and after which no daemon may restart, the address may not move and the client has to be answered. */
export function unharmed(
  id: string,
  title: string,
  offend: (lab: Lab) => Promise<void>,
  expected: NodeName = "master",
): Act {
  return {
    id,
    title,
    perform: async (lab) => {
      const before = daemons(lab);
      const deathsBefore = deaths(lab).length;
      const sinceMs = monotonicMs();
      await offend(lab);
      await pause(AFTERMATH_MS);
      const gone = before.filter((one) => !daemons(lab).includes(one));
      if (gone.length > 0) throw new LabError(`daemon processes ended: ${gone.join(", ")}`);
      const died = deaths(lab).slice(deathsBefore);
      if (died.length > 0) throw new LabError(`a node was called dead: ${died.join("; ")}`);
      if (lab.holders.unchangedSinceMs() >= sinceMs) throw new LabError("the address moved");
      const gapMs = Math.round(lab.answers.longestGap(sinceMs, monotonicMs()));
      if (gapMs > GAP_LIMIT_MS) throw new LabError(`the client was without answers for ${String(gapMs)} ms`);
    },
    expected: () => expected,
  };
}

/** Every process of the daemons that lasts, as `NODE PID`. */
function daemons(lab: Lab): readonly string[] {
  return NODE_NAMES.flatMap((name) =>
    lab
      .node(name)
      .daemonProcesses()
      .map(({ pid }) => `${name} ${String(pid)}`),
  );
}

/** Lines in which a node calls its peer dead. */
function deaths(lab: Lab): readonly string[] {
  return NODE_NAMES.flatMap((name) => lab.node(name).read("/var/log/ha-log").split("\n")).filter((line) =>
    /(node (master|cluster1): is dead$|node\.changed node=(master|cluster1) .*to=dead)/.test(line),
  );
}

/** The nodes of the lab that run Systole. */
export function systoleNodes(lab: Lab): readonly NodeName[] {
  return NODE_NAMES.filter((name) => lab.node(name).implementation === "systole");
}
