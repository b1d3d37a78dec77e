// Whether this node can go over to another mode now: nobody who is there may be lost by it.
import type { Clock, SealMode } from "@systole/sdk";
import { ANSWER_MS } from "./limits.js";
import type { PeerRecord } from "./peer-record.js";

export interface ModeChange {
  readonly clock: Clock;
  readonly from: SealMode;
  /** By node. */
  readonly records: ReadonlyMap<string, PeerRecord>;
  readonly hasKey: (node: string) => boolean;
  /** Asks every peer for an answer to a sealed frame. */
  readonly ask: () => void;
}

const LOOK_EVERY_MS = 20;
const ASK_EVERY_MS = 400;

/** Why not, as part of a sentence; undefined when nothing is in the way. Nodes that are silent are in nobody's way. */
export async function obstacleTo(mode: SealMode, change: ModeChange): Promise<string | undefined> {
  const nowMs = change.clock.nowMs();
  const present = [...change.records].filter(([, record]) => record.speaks(nowMs) !== "nothing");
  if (mode === "off") return notBelieving(present) ?? stillSealing(present, nowMs);
  if (mode === "receive-only") return notBelieving(present);
  const keyless = present.map(([node]) => node).filter((node) => !change.hasKey(node));
  if (keyless.length > 0)
    return `there is no public key of ${keyless.join(", ")} here; copy it from there and try again`;
  if (mode === "enforce") {
    const signing = present.filter(([, record]) => record.speaks(nowMs) === "signed").map(([node]) => node);
    if (signing.length > 0)
      return `${signing.join(", ")} would not be heard any more, for it still sends signed frames; set permissive there first`;
  }
  const silent = await notAnswering(present, change);
  if (silent.length === 0) return undefined;
  return `${silent.join(", ")} does not answer to sealed frames; set receive-only there first, with this node's public key`;
}

function notBelieving(present: readonly (readonly [string, PeerRecord])[]): string | undefined {
  const strict = present.filter(([, { mode }]) => mode === "enforce").map(([node]) => node);
  return strict.length === 0
    ? undefined
    : `${strict.join(", ")} believes sealed frames only; set permissive there first`;
}

function stillSealing(
  present: readonly (readonly [string, PeerRecord])[],
  nowMs: number,
): string | undefined {
  const sealing = present.filter(([, record]) => record.speaks(nowMs) === "sealed").map(([node]) => node);
  return sealing.length === 0
    ? undefined
    : `${sealing.join(", ")} would not be heard any more, for it sends sealed frames; set receive-only there first`;
}

/** Those that have not answered in time. */
async function notAnswering(
  present: readonly (readonly [string, PeerRecord])[],
  { clock, ask }: ModeChange,
): Promise<readonly string[]> {
  const begunMs = clock.nowMs();
  const silent = () => present.filter(([, { greetedAtMs }]) => greetedAtMs < begunMs).map(([node]) => node);
  let askAtMs = begunMs;
  while (silent().length > 0 && clock.nowMs() < begunMs + ANSWER_MS) {
    if (clock.nowMs() >= askAtMs) {
      ask();
      askAtMs += ASK_EVERY_MS;
    }
    await new Promise<void>((resolve) => void clock.wakeAt(clock.nowMs() + LOOK_EVERY_MS, resolve));
  }
  return silent();
}
