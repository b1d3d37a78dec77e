// Somebody on the segment who has not got the key: what he says must change nothing.
import { Framing } from "@systole/core";
import { textMessage, type Authenticator } from "@systole/core/ports";
import type { SimulatedCluster } from "../cluster.js";
import { frameOf } from "../frame.js";
import type { SimNode } from "../node.js";

/** Signs with what is no signature of anybody's. */
export const NO_KEY: Authenticator = {
  supports: { keyed: false },
  sign: () => "1 0123456789012345678901234567890123456789",
  verify: () => ({ ok: false, reason: "mismatch" }),
};

/** A word in a peer's name that would end the node's belief in it, or hand it everything. */
export function inject(cluster: SimulatedCluster, to: SimNode): void {
  const [carrier] = to.plan.carriers;
  const from = cluster.names.find((name) => name !== to.name);
  if (carrier === undefined || from === undefined) return;
  const framing = new Framing({
    self: from,
    authenticator: NO_KEY,
    innerSignature: false,
    compression: undefined,
  });
  for (const fields of [
    { t: "status", st: "dead", src: from, seq: "7fffffff", hg: "7fffffff", ts: "0", ttl: "3" },
    { t: "shutdone", st: "dead", src: from, seq: "7fffffff", hg: "7fffffff", ts: "0", ttl: "3" },
  ]) {
    for (const { bytes } of framing.frames(textMessage(fields), [carrier]).frames)
      cluster.network.arrive(to.name, carrier, frameOf(from, bytes, "forged"));
  }
}
