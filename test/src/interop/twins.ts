// A disk was copied, and the uuid with it: two nodes of one cluster have the same.
import { LabError, NODE_NAMES, type Act, type LabNode, type NodeName } from "../lab/index.js";
import { start } from "./acts.js";
import { problemNamed } from "./strangers.js";
import { systoleNodes, unharmed } from "./unharmed.js";

const HEARTBEATS_FILE = "/var/lib/heartbeat/hb_uuid";
const SYSTOLES_FILE = "/var/lib/systole/uuid";

/** The uuid is what both files end with, as base64. */
function uuidOf({ host, implementation }: LabNode): Promise<string> {
  const path = implementation === "systole" ? SYSTOLES_FILE : HEARTBEATS_FILE;
  return host.must(["sh", "-c", `tail -c 16 ${path} | base64`]);
}

/** Starts `copy`, which does not run, with the uuid of the other node. */
export function startAsCopy(copy: NodeName, expected: NodeName): Act {
  const one = start(copy, expected);
  return {
    ...one,
    title: `${one.title} with the uuid of the other node`,
    perform: async (lab) => {
      const uuid = await uuidOf(lab.node(lab.peerOf(copy)));
      // Without one of its own, Systole goes on with heartbeat's.
      const copying = `rm -f ${SYSTOLES_FILE}*; base64 -d > ${HEARTBEATS_FILE}`;
      await lab.node(copy).host.must(["sh", "-c", copying], uuid);
      await one.perform(lab);
    },
  };
}

/** Systole says which two nodes they are, and everything stays where it is. */
export function namesTheCopy(): Act {
  return unharmed("uuid-named", "the copied uuid is named", async (lab) => {
    await problemNamed(lab, "have the same uuid");
    for (const name of systoleNodes(lab)) {
      const named = lab
        .node(name)
        .read("/var/log/ha-log")
        .split("\n")
        .find((line) => line.includes("node.uuid-copied"));
      if (named === undefined || !NODE_NAMES.every((node) => named.includes(node)))
        throw new LabError(`the log of ${name} says: ${String(named)}`);
    }
  });
}
