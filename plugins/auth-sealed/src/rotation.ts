// How a new key takes the old one's place without a lost frame: add it everywhere, use it, let the old one go. Pure.
import type { KeyStep } from "@systole/sdk";
import { RETIRE_AFTER_MS } from "./limits.js";

/** With one key a node is steady; with two it is on the way from the first to the second. */
export interface RotationFacts {
  readonly keys: number;
  /** Every node that must know the new key before it is used. */
  readonly peers: readonly string[];
  /** Those that have sealed something for the new key: they keep it, on disk. */
  readonly acknowledged: ReadonlySet<string>;
  /** Since when the new key seals, in monotonic ms; undefined while the old one does. */
  readonly activatedAtMs: number | undefined;
  readonly nowMs: number;
}

export interface RotationState {
  readonly step: KeyStep;
  /** Place of the key that seals. */
  readonly sealsWith: number;
  readonly waitsFor: readonly string[];
  /** Nobody needs the old key any more. */
  readonly canRetire: boolean;
}

export function rotationState(facts: RotationFacts): RotationState {
  const { keys, peers, acknowledged, activatedAtMs, nowMs } = facts;
  if (keys < 2) return { step: "steady", sealsWith: 0, waitsFor: [], canRetire: false };
  if (activatedAtMs !== undefined) {
    const canRetire = nowMs >= activatedAtMs + RETIRE_AFTER_MS;
    return { step: "activate", sealsWith: 1, waitsFor: [], canRetire };
  }
  const waitsFor = peers.filter((peer) => !acknowledged.has(peer));
  return { step: "add", sealsWith: 0, waitsFor, canRetire: false };
}
