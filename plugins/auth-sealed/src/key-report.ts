// What is told of keys, steps and peers. Pure.
import type { KeyReport, SealMode } from "@systole/sdk";
import type { KeyRing } from "./key-ring.js";
import type { PeerRecord } from "./peer-record.js";
import type { RotationState } from "./rotation.js";

export function keyReport(
  mode: SealMode,
  ring: KeyRing,
  { step, waitsFor, sealsWith }: RotationState,
  records: ReadonlyMap<string, PeerRecord>,
  nowMs: number,
): KeyReport {
  const ids = ring.own.map((key) => key.public.id);
  const nodes = new Set([...ring.peers, ...records.keys()]);
  return {
    mode,
    own: { node: ring.self, keys: sealsWith === 0 ? ids : ids.toReversed(), step, waitsFor },
    peers: [...nodes].toSorted().map((node) => {
      const record = records.get(node);
      return {
        node,
        keys: ring.keysOf(node).map(({ id }) => id),
        sends: record?.speaks(nowMs) ?? "nothing",
        ...(record?.mode !== undefined && { mode: record.mode }),
        trusts: record?.trusts ?? [],
      };
    }),
    revoked: ring.revoked.map(({ node, key }) => ({ node, key: key.id })),
  };
}
