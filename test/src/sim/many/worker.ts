// One thread of many lives: takes a seed, lives it, tells how it was.
import { parentPort } from "node:worker_threads";
import { lifeOfSeed, live, type Complaint, type FaultKind } from "@systole/sim";
import { AUTHENTICATOR } from "../simulated-cluster.js";

export interface Asked {
  readonly seed: number;
  /** In any case a mixed pair. */
  readonly mixed: boolean;
}

export interface LivedSeed {
  readonly seed: number;
  readonly nodes: number;
  readonly around: string;
  readonly simulatedMs: number;
  readonly frames: number;
  readonly faults: readonly (readonly [FaultKind, number])[];
  readonly complaints: readonly Complaint[];
  /** The same for the same seed, in whatever thread. */
  readonly fingerprint: string;
}

const port = parentPort;
if (port === null) throw new Error("this file is for a thread of index.ts");
port.on("message", (asked: Asked | "counts") => {
  // Asked of whoever counts besides (counted-worker.ts).
  if (asked === "counts") return;
  const init = lifeOfSeed(asked.seed, AUTHENTICATOR, asked.mixed);
  const { simulatedMs, frames, faults, complaints, fingerprint } = live(init);
  const { nodes, heartbeats = [] } = init.scene;
  const around = heartbeats.length > 0 ? `${init.scene.around} and a heartbeat` : init.scene.around;
  const lived: LivedSeed = {
    seed: asked.seed,
    nodes: nodes.length,
    around,
    simulatedMs,
    frames,
    faults: [...faults],
    complaints,
    fingerprint,
  };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window
  port.postMessage(lived);
});
