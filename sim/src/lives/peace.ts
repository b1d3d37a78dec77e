// A cluster is left in peace: faults end, nodes are started, and there is time for everything to become well.
import { unrest } from "../checks/peace.js";
import type { SimulatedCluster } from "../cluster.js";
import { FAIR } from "../network.js";
import type { SimulatedWitness } from "../witness.js";
import { lookAgain } from "./rare-fault.js";
import type { Scene } from "./scene.js";

const LATE_SWITCHES_MS = 5000;
/** The longest pause of the engine's own: a start that failed is tried again after 30 s. */
const LONGEST_PAUSE_MS = 45_000;
const WELL_DEADTIMES = 3;

/** What is not to be restarted when it fails (on-fail ignore), a person starts where its group is. */
function mendIgnored(cluster: SimulatedCluster): void {
  for (const { key, resources } of cluster.plan.groups) {
    const ignored = resources.filter(({ rules }) => rules?.onFail === "ignore");
    for (const node of cluster.nodes.values()) {
      if (ignored.length === 0 || !node.alive) continue;
      const here = node.engine.view().groups.find((group) => group.key === key);
      if (here?.owner !== node.name || here.state !== "started") continue;
      for (const { name } of ignored) node.running.add(name);
    }
  }
}

/** All faults end, and every node is started. Returns what is not well when the time is over; `whole`: it lasts as long as it may. */
export function leaveInPeace(
  cluster: SimulatedCluster,
  { around, deadMs, patienceMs = 0 }: Scene,
  witness: SimulatedWitness | undefined,
  whole: boolean,
): readonly string[] {
  endFaults(cluster, witness);
  // What was asked of a node that stood still, and of a switch that is slow, happens now.
  cluster.run(2 * deadMs + (around === "fencing" ? LATE_SWITCHES_MS : 0));
  for (const name of cluster.names) if (cluster.nodes.get(name)?.alive === false) cluster.start(name);
  cluster.run(deadMs);
  // A heartbeat has no such command.
  const first = cluster.names.find((name) => cluster.node(name).plan.isHeartbeat !== true);
  if (first !== undefined && cluster.node(first).alive) cluster.cleanup(first);
  mendIgnored(cluster);
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

/** Cables, weather, agents, switches, clocks and a witness work again; who stood still goes on. Who is down stays down. */
export function endFaults(cluster: SimulatedCluster, witness: SimulatedWitness | undefined): void {
  cluster.cuts.clear();
  cluster.network.weather = FAIR;
  cluster.failures.clear();
  cluster.squatted.clear();
  cluster.switches.clear();
  if (witness !== undefined) witness.away = false;
  for (const node of cluster.nodes.values()) {
    node.slowMs = 0;
    node.clock.run(1, cluster.nowMs);
    if (node.alive && !node.frozen) node.dueMs = node.clock.worldMs(node.engine.deadline());
    if (node.alive && node.frozen) cluster.thaw(node.name);
  }
  lookAgain(cluster);
}
