// The JSON that `systole keys status --json` prints.
import type { KeyReport } from "@systole/core/ports";
import { z } from "zod";

const Mode = z.enum(["off", "receive-only", "permissive", "enforce"]);

const Peer = z.object({
  node: z.string(),
  keys: z.array(z.string()).describe("by their short names, the newest last"),
  sends: z.enum(["sealed", "signed", "nothing"]).describe("what was last heard of it, in the last seconds"),
  mode: Mode.optional().describe("as it says itself"),
  trusts: z.array(z.string()).describe("nodes that are revoked here and still trusted there"),
});

export const KeyDocument = z.object({
  schemaVersion: z.literal(1),
  mode: Mode,
  own: z.object({
    node: z.string(),
    keys: z.array(z.string()).describe("the one that seals first"),
    step: z.enum(["steady", "add", "activate"]),
    waitsFor: z.array(z.string()).describe("nodes that have not got the new key"),
  }),
  peers: z.array(Peer),
  revoked: z.array(z.object({ node: z.string(), key: z.string() })),
});
export type KeyDocument = z.infer<typeof KeyDocument>;

/** The document of this moment. */
export function keyDocument({ mode, own, peers, revoked }: KeyReport): KeyDocument {
  return {
    schemaVersion: 1,
    mode,
    own: { node: own.node, keys: [...own.keys], step: own.step, waitsFor: [...own.waitsFor] },
    peers: peers.map((peer) => ({
      node: peer.node,
      keys: [...peer.keys],
      sends: peer.sends,
      ...(peer.mode !== undefined && { mode: peer.mode }),
      trusts: [...peer.trusts],
    })),
    revoked: revoked.map((one) => ({ ...one })),
  };
}
