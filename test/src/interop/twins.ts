// A disk was copied, and the uuid with it: two nodes of one cluster have the same.
import { LabError, NODE_NAMES, type Act, type LabNode, type NodeName } from "../lab/index.js";
import { start } from "./acts.js";
import { problemNamed } from "./strangers.js";
import { systoleNodes, unharmed } from "./unharmed.js";

const PLACES = { systole: "/var/lib/systole/uuid", heartbeat: "/var/lib/heartbeat/hb_uuid" } as const;

function place({ implementation }: LabNode): string {
  if (implementation === "keepalived") throw new LabError("keepalived has no uuid");
  return PLACES[implementation];
}

/** Starts `copy`, which does not run, with the uuid of the other node. */
export function startAsCopy(copy: NodeName, expected: NodeName): Act {
  const one = start(copy, expected);
  return {
    ...one,
    title: `${one.title} with the uuid of the other node`,
    perform: async (lab) => {
      const original = lab.node(lab.peerOf(copy));
      const uuid = await original.host.must(["base64", place(original)]);
      await lab.node(copy).host.must(["sh", "-c", `base64 -d > ${place(lab.node(copy))}`], uuid);
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
