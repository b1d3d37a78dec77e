// One life of a cluster: it begins, misfortunes befall it, it is left in peace; and everything is looked at all the while.
import type { Authenticator } from "@systole/core/ports";
import { allChecks } from "../checks/all-checks.js";
import { Complaints, type Complaint } from "../checks/complaints.js";
import type { SimulatedCluster } from "../cluster.js";
import type { Observer } from "../observer.js";
import { befall, type Fault, type FaultKind, type Misfortune } from "./fault.js";
import { Fingerprint } from "./fingerprint.js";
import { leaveInPeace } from "./peace.js";
import type { Scene } from "./scene.js";
import { clusterOf } from "./stage.js";

export interface LifeInit {
  readonly scene: Scene;
  readonly schedule: readonly Misfortune[];
  readonly seed: number;
  readonly authenticator: Authenticator;
  /** Whole: peace lasts as long as it may. Else it ends soon after everything is well. */
  readonly wholePeace?: boolean;
  /** Also look on. */
  readonly observers?: (cluster: SimulatedCluster) => readonly Observer[];
  /** Is told of every misfortune that applied. */
  readonly befell?: (cluster: SimulatedCluster, fault: Fault) => void;
  /** The cluster of this life is another one than the scene's: with an engine that is broken on purpose. */
  readonly stage?: typeof clusterOf;
}

export interface Life {
  readonly complaints: readonly Complaint[];
  /** The same for the same seed, whatever machine: of every frame, event and operation. */
  readonly fingerprint: string;
  readonly simulatedMs: number;
  readonly frames: number;
  /** What befell it, and applied. */
  readonly faults: ReadonlyMap<FaultKind, number>;
}

export function live(init: LifeInit): Life {
  const { scene, schedule, seed, authenticator, stage = clusterOf } = init;
  const { cluster, witness } = stage(scene, seed, authenticator);
  const complaints = new Complaints();
  const fingerprint = new Fingerprint(cluster);
  cluster.observers.push(
    fingerprint,
    ...allChecks(cluster, scene.around, complaints),
    ...(init.observers?.(cluster) ?? []),
  );
  const faults = new Map<FaultKind, number>();
  try {
    for (const name of cluster.names) cluster.start(name);
    for (const { afterMs, fault } of schedule) {
      cluster.run(afterMs);
      const applies = befall(cluster, fault, witness);
      if (applies) faults.set(fault.kind, (faults.get(fault.kind) ?? 0) + 1);
      if (applies) init.befell?.(cluster, fault);
    }
    for (const what of leaveInPeace(cluster, scene, witness, init.wholePeace === true))
      complaints.add("peace", cluster.nowMs, what);
  } catch (error) {
    complaints.add("halt", cluster.nowMs, error instanceof Error ? error.message : String(error));
  }
  return {
    complaints: complaints.list(),
    fingerprint: fingerprint.text(),
    simulatedMs: cluster.nowMs,
    frames: cluster.network.carried,
    faults,
  };
}
