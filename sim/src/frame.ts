// What travels: the bytes, where they come from, and whether somebody has had his hands on them.
import type { Opened } from "@systole/core";

/** `forged`: of somebody without the key. `foreign`: of another cluster, with a key of its own. `stranger`: of another cluster that has our key. */
export type Origin = "genuine" | "replayed" | "corrupt" | "forged" | "foreign" | "stranger";

export interface Frame {
  readonly from: string;
  readonly bytes: Uint8Array;
  readonly origin: Origin;
  /** What it is to those who open it alike. */
  readonly opened: Map<string, readonly Opened[]>;
}

export function frameOf(from: string, bytes: Uint8Array, origin: Origin = "genuine"): Frame {
  return { from, bytes, origin, opened: new Map() };
}
