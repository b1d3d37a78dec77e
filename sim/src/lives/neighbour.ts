// Who else is on the segment: another cluster, whose nodes say what nodes of this one say. What they say must change nothing here.
import { Framing } from "@systole/core";
import type { Field, Message } from "@systole/core/ports";
import type { SimulatedCluster } from "../cluster.js";
import { frameOf } from "../frame.js";
import type { SimNode } from "../node.js";
import { NO_KEY } from "./intruder.js";

/**
 * `stranger`: it has this cluster's key, and a name that nobody here has. `namesake`: it has the key, and the name of the node that hears
 * it. `other-key`: it has the names of this cluster, and a key of its own.
 */
export type Neighbour = "stranger" | "namesake" | "other-key";

export const NEIGHBOURS: readonly Neighbour[] = ["stranger", "namesake", "other-key"];

const STRANGER = "zulu";
const FOREIGN_UUID = new Uint8Array(16).fill(0xf0);

/** What was last heard of the others here is heard by `to` as the word of that neighbour. False: nobody has said anything yet. */
export function overhear(cluster: SimulatedCluster, to: SimNode, who: Neighbour): boolean {
  const said = cluster.network.lastWord(to.name);
  if (said === undefined) return false;
  const [opened] = to.plan.framing().open(said.frame.bytes, said.carrier);
  if (opened?.ok !== true) return false;
  const { from } = said.frame;
  const name = who === "stranger" ? STRANGER : who === "namesake" ? to.name : from;
  const framing =
    who === "other-key"
      ? new Framing({ self: name, authenticator: NO_KEY, innerSignature: false, compression: undefined })
      : to.plan.framing();
  const message = saidBy(name, opened.message);
  for (const { bytes } of framing.frames(message, [said.carrier]).frames)
    cluster.network.arrive(
      to.name,
      said.carrier,
      frameOf(name, bytes, who === "other-key" ? "foreign" : "stranger"),
    );
  return true;
}

/** The same as another node says it, later than anything that was heard. */
function saidBy(name: string, message: Message): Message {
  const replaced: Readonly<Record<string, Field["value"]>> = {
    src: name,
    srcuuid: FOREIGN_UUID,
    seq: "7fffffff",
    hg: "7fffffff",
  };
  const own = message.fields.filter((field) => !field.name.startsWith("auth"));
  return {
    fields: own.map((field) => ({ ...field, value: replaced[field.name] ?? field.value }) as Field),
  };
}
