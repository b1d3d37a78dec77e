// A class of the catalogues of heartbeat and Pacemaker, as data: what is done to a simulated cluster.
import type { Random, Scene, Stage, Surroundings } from "@systole/sim";
import type { SimCts } from "./sim-cts.js";

export interface SimClass {
  /** As in docs/reliability.md, with the same meaning. */
  readonly name: string;
  readonly of: "heartbeat" | "Pacemaker" | "both";
  /** Does it, and throws when what must come of it does not. Audits follow. */
  readonly perform: (cts: SimCts, random: Random) => void;
  /** What is around the nodes, one of these. Absent: anything. */
  readonly around?: readonly Surroundings[];
  /** Absent: one medium. */
  readonly media?: readonly string[];
  /** Absent: the scene's own. */
  readonly stage?: (scene: Scene, seed: number) => Stage;
}
