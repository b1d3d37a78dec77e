// What is remembered of a peer besides its keys: its start that is alive, and how it speaks.
import type { SealMode } from "@systole/sdk";
import { HEARD_MS } from "./limits.js";
import { PeerSession } from "./peer-session.js";

const NEVER = Number.NEGATIVE_INFINITY;

export class PeerRecord {
  readonly session = new PeerSession();
  /** As it says itself. */
  mode: SealMode | undefined;
  /** Revoked nodes that it still seals for. */
  trusts: readonly string[] = [];
  signedAtMs = NEVER;
  sealedAtMs = NEVER;
  /** A greeting: it answers to sealed frames, whatever it sends otherwise. */
  greetedAtMs = NEVER;

  speaks(nowMs: number): "sealed" | "signed" | "nothing" {
    if (Math.max(this.signedAtMs, this.sealedAtMs) < nowMs - HEARD_MS) return "nothing";
    return this.sealedAtMs >= this.signedAtMs ? "sealed" : "signed";
  }
}
