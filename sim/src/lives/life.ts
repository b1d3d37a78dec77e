// One life of a cluster: it begins, misfortunes befall it, it is left in peace; and everything is looked at all the while.
import type { Authenticator } from "@systole/core/ports";
import { Bounds } from "../checks/bounds.js";
import { Complaints, type Complaint } from "../checks/complaints.js";
import { Forgotten } from "../checks/forgotten.js";
import { Growth } from "../checks/growth.js";
import { Order } from "../checks/order.js";
import { Owners } from "../checks/owners.js";
import { unrest } from "../checks/peace.js";
import { Strangers } from "../checks/strangers.js";
import type { SimulatedCluster } from "../cluster.js";
import { FAIR } from "../network.js";
import type { Observer } from "../observer.js";
import type { SimulatedWitness } from "../witness.js";
import { befall, type Fault, type FaultKind, type Misfortune } from "./fault.js";
import { Fingerprint } from "./fingerprint.js";
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
    new Owners(cluster, scene.around, complaints),
    new Order(cluster, complaints),
    new Growth(cluster, complaints),
    new Strangers(cluster, complaints),
    new Bounds(cluster, complaints),
    new Forgotten(cluster, complaints),
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
    for (const what of peace(cluster, scene, witness, init.wholePeace === true))
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

const LATE_SWITCHES_MS = 5000;
/** The longest pause of the engine's own: a start that failed is tried again after 30 s. */
const LONGEST_PAUSE_MS = 45_000;
const WELL_DEADTIMES = 5;

/** All faults end. Returns what is not well when the time is over. */
function peace(
  cluster: SimulatedCluster,
  { deadMs, patienceMs = 0 }: Scene,
  witness: SimulatedWitness | undefined,
  whole: boolean,
): readonly string[] {
  cluster.cuts.clear();
  cluster.network.weather = FAIR;
  cluster.failures.clear();
  cluster.switches.clear();
  if (witness !== undefined) witness.away = false;
  for (const node of cluster.nodes.values()) {
    node.slowMs = 0;
    node.clock.run(1, cluster.nowMs);
    if (node.alive && !node.frozen) node.dueMs = node.clock.worldMs(node.engine.deadline());
    if (node.alive && node.frozen) cluster.thaw(node.name);
  }
  // What was asked of a node that stood still, and of a switch that is slow, happens now.
  cluster.run(2 * deadMs + LATE_SWITCHES_MS);
  for (const name of cluster.names) if (cluster.nodes.get(name)?.alive === false) cluster.start(name);
  cluster.run(deadMs);
  const [first] = cluster.names;
  if (first !== undefined && cluster.node(first).alive) cluster.cleanup(first);
  const untilMs = cluster.nowMs + LONGEST_PAUSE_MS + 10 * deadMs + patienceMs;
  let well = 0;
  while (cluster.nowMs < untilMs) {
    cluster.run(deadMs);
    // One that an operator had stopped, and that could not stop before.
    for (const name of cluster.names) if (!cluster.node(name).alive) cluster.start(name);
    well = unrest(cluster).length === 0 ? well + 1 : 0;
    if (well >= WELL_DEADTIMES && !whole) return [];
  }
  return unrest(cluster);
}
