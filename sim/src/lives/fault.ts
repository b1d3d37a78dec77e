// What may befall a cluster, as plain data, and how it befalls one. What does not apply at its moment, as a start of a node that lives,
// changes nothing: so every part of a schedule is a schedule.
import type { ResourceAction } from "@systole/core/ports";
import type { SimulatedCluster } from "../cluster.js";
import type { AgentTrouble } from "../deeds.js";
import type { Weather } from "../network.js";
import type { SimNode } from "../node.js";
import type { SwitchBehaviour } from "../power.js";
import type { SimulatedWitness } from "../witness.js";
import { inject } from "./intruder.js";
import { befallRarely, isRare, lookAgain, type RareFault } from "./rare-fault.js";

export type Fault =
  | { readonly kind: "cut"; readonly left: string; readonly right: string; readonly medium?: string }
  | { readonly kind: "half-cut"; readonly from: string; readonly to: string }
  | { readonly kind: "isolate"; readonly node: string }
  | { readonly kind: "mend" }
  | { readonly kind: "weather"; readonly weather: Weather }
  | { readonly kind: "kill" | "power-off" | "start" | "freeze" | "hang" | "thaw"; readonly node: string }
  | { readonly kind: "lose-disk" | "tear-disk" | "reload" | "forge"; readonly node: string }
  | { readonly kind: "slow"; readonly node: string; readonly slowMs: number }
  | { readonly kind: "drift"; readonly node: string; readonly rate: number }
  | { readonly kind: "set-clock"; readonly node: string; readonly byMs: number }
  | { readonly kind: "crash"; readonly node: string; readonly resource: string }
  | {
      readonly kind: "agent";
      readonly node: string;
      readonly resource: string;
      readonly action: ResourceAction;
      readonly trouble: AgentTrouble;
    }
  | { readonly kind: "agents-well" }
  | { readonly kind: "switch"; readonly node: string; readonly behaviour: SwitchBehaviour }
  | {
      readonly kind: "standby" | "takeover";
      readonly node: string;
      readonly set: "all" | "local" | "foreign";
    }
  | { readonly kind: "stop" | "cleanup"; readonly node: string }
  | { readonly kind: "fence" | "confirm"; readonly by: string; readonly node: string }
  | { readonly kind: "witness"; readonly does: "go" | "return" | "forget" }
  | RareFault;

export type FaultKind = Fault["kind"];

/** A union whose kinds are unions themselves. */
type FaultOf<K extends FaultKind> = { [Each in K]: Fault & { readonly kind: Each } }[K];

export interface Misfortune {
  /** So long after the one before. */
  readonly afterMs: number;
  readonly fault: Fault;
}

/** Returns whether it applied. */
export function befall(
  cluster: SimulatedCluster,
  fault: Fault,
  witness: SimulatedWitness | undefined,
): boolean {
  if (isRare(fault)) return befallRarely(cluster, fault);
  switch (fault.kind) {
    case "cut":
      cluster.network.cut(fault.left, fault.right, fault.medium);
      return true;
    case "half-cut":
      cluster.cuts.add(`${fault.from}>${fault.to}`);
      return true;
    case "mend":
      cluster.cuts.clear();
      lookAgain(cluster);
      return true;
    case "weather":
      cluster.network.weather = fault.weather;
      return true;
    case "agents-well":
      cluster.failures.clear();
      return true;
    case "agent":
      cluster.failures.set(`${fault.node} ${fault.resource} ${fault.action}`, fault.trouble);
      return true;
    case "switch":
      cluster.switches.set(fault.node, fault.behaviour);
      return true;
    case "witness":
      return befallWitness(fault.does, witness);
    case "fence":
    case "confirm":
      return byOperator(cluster, fault);
    default:
      return befallNode(cluster, fault);
  }
}

function befallWitness(does: "go" | "return" | "forget", witness: SimulatedWitness | undefined): boolean {
  if (witness === undefined) return false;
  if (does === "forget") witness.wipe();
  else witness.away = does === "go";
  return true;
}

/** A person confirms only what is so. */
function byOperator(
  cluster: SimulatedCluster,
  { kind, by, node }: Extract<Fault, { kind: "fence" | "confirm" }>,
): boolean {
  if (by === node || cluster.nodes.get(by)?.alive !== true) return false;
  if (kind === "confirm" && cluster.nodes.get(node)?.powered === true) return false;
  cluster.fenceBy(by, kind === "fence" ? "fence" : "fence-confirm", node);
  return true;
}

/** What befalls one node, whether its daemon lives or not. */
type OfMachine = FaultOf<"isolate" | "start" | "power-off" | "lose-disk" | "tear-disk">;
type OfDaemon = FaultOf<
  | "kill"
  | "freeze"
  | "hang"
  | "thaw"
  | "slow"
  | "drift"
  | "set-clock"
  | "crash"
  | "reload"
  | "forge"
  | "standby"
  | "takeover"
  | "cleanup"
  | "stop"
>;

function befallNode(cluster: SimulatedCluster, fault: OfMachine | OfDaemon): boolean {
  const { node: name } = fault;
  const node = cluster.nodes.get(name);
  if (fault.kind === "isolate") {
    cluster.isolate(name);
    lookAgain(cluster);
    return true;
  }
  if (node === undefined) return false;
  if (fault.kind === "start") {
    if (!node.alive) cluster.start(name);
    return true;
  }
  if (fault.kind === "power-off") {
    if (node.powered) cluster.kill(name, true);
    return true;
  }
  if (fault.kind === "lose-disk" || fault.kind === "tear-disk") {
    // Without its state and with a clock that is behind, a node says nothing that the others could know to be new.
    if (node.alive || (fault.kind === "lose-disk" && node.clock.isBehind)) return false;
    if (fault.kind === "lose-disk") node.disk.lose();
    else node.disk.tear();
    return true;
  }
  return node.alive && befallLiving(cluster, node, fault);
}

function befallLiving(cluster: SimulatedCluster, node: SimNode, fault: OfDaemon): boolean {
  const { name } = node;
  switch (fault.kind) {
    case "kill":
      cluster.kill(name);
      return true;
    case "freeze":
      cluster.freeze(name);
      return true;
    case "hang":
      cluster.hang(name);
      return true;
    case "thaw":
      if (!node.frozen) return false;
      cluster.thaw(name);
      return true;
    case "slow":
      node.slowMs = fault.slowMs;
      return true;
    case "drift":
      node.clock.run(fault.rate, cluster.nowMs);
      node.dueMs = node.clock.worldMs(node.engine.deadline());
      return true;
    case "set-clock":
      node.clock.step(fault.byMs);
      return true;
    case "crash":
      cluster.crash(name, fault.resource);
      return true;
    case "reload":
      node.framing = node.plan.framing();
      return true;
    case "forge":
      inject(cluster, node);
      return true;
    case "standby":
    case "takeover":
      cluster.request(name, fault.kind, fault.set);
      return true;
    case "cleanup":
      cluster.cleanup(name);
      return true;
    case "stop":
      cluster.stop(name);
      return true;
  }
}
