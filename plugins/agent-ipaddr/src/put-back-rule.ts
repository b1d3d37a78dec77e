// How often an address that somebody else removes is put back. Pure.
import { ADDRESS_LIMITS } from "./limits.js";

export type LossVerdict =
  | { readonly kind: "put-back"; readonly lossesMs: readonly number[] }
  | { readonly kind: "give-up" };

/** `lossesMs` are the moments of earlier losses; what is older than the window does not count. */
export function judgeLoss(lossesMs: readonly number[], nowMs: number): LossVerdict {
  const recent = [...lossesMs.filter((atMs) => nowMs - atMs < ADDRESS_LIMITS.putBackWindowMs), nowMs];
  return recent.length > ADDRESS_LIMITS.putBacks
    ? { kind: "give-up" }
    : { kind: "put-back", lossesMs: recent };
}
