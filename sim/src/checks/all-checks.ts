// Everything that is looked at while a cluster lives.
import type { SimulatedCluster } from "../cluster.js";
import type { Surroundings } from "../lives/scene.js";
import type { Observer } from "../observer.js";
import { Bounds } from "./bounds.js";
import type { Complaints } from "./complaints.js";
import { Forgotten } from "./forgotten.js";
import { Growth } from "./growth.js";
import { Order } from "./order.js";
import { Owners } from "./owners.js";
import { Strangers } from "./strangers.js";

/** To be pushed to the cluster's observers before anything is started. */
export function allChecks(
  cluster: SimulatedCluster,
  around: Surroundings,
  complaints: Complaints,
): readonly Observer[] {
  return [
    new Owners(cluster, around, complaints),
    new Order(cluster, complaints),
    new Growth(cluster, complaints),
    new Strangers(cluster, complaints),
    new Bounds(cluster, complaints),
    new Forgotten(cluster, complaints),
  ];
}
