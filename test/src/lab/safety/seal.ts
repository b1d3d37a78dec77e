// The keys of a cluster whose frames are sealed, made and carried about as an operator does it.
import { NODE_NAMES, type Lab, type NodeName } from "../index.js";
import { systole } from "../in-lab.js";

const KEYS = "/etc/ha.d/keys";

/** Each node makes its own, and has the public half of the other. */
export async function giveKeys(lab: Lab): Promise<void> {
  for (const name of NODE_NAMES) await systole(lab, name, "keys", "new", "--node", name);
  for (const from of NODE_NAMES) {
    const path = `${KEYS}/${from}.pub`;
    const text = lab.node(from).read(path);
    for (const to of NODE_NAMES.filter((name) => name !== from)) lab.node(to).write([{ path, text }]);
  }
}

/** A key that the other node has never seen. */
export async function giveUnknownKey(lab: Lab, node: NodeName): Promise<void> {
  await systole(lab, node, "keys", "new", "--replace", "--node", node);
}
