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
}

const port = parentPort;
if (port === null) throw new Error("this file is for a thread of index.ts");
port.on("message", ({ seed, mixed }: Asked) => {
  const init = lifeOfSeed(seed, AUTHENTICATOR, mixed);
  const { simulatedMs, frames, faults, complaints } = live(init);
  const { nodes, heartbeats = [] } = init.scene;
  const around = heartbeats.length > 0 ? `${init.scene.around} and a heartbeat` : init.scene.around;
  const lived: LivedSeed = {
    seed,
    nodes: nodes.length,
    around,
    simulatedMs,
    frames,
    faults: [...faults],
    complaints,
  };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window
  port.postMessage(lived);
});
