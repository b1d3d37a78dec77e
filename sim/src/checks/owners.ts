// Never two that serve. How never depends on what is around: with a fence device at no moment; with a witness or a majority for no
// longer than a node needs to stop that wakes up; with nothing around not once the network has been whole for a while. What a heartbeat
// starts although another node has it is its own fault, and settled as with nothing around.
import type { ResourceAction } from "@systole/core/ports";
import type { SimulatedCluster } from "../cluster.js";
import type { Surroundings } from "../lives/scene.js";
import type { SimNode } from "../node.js";
import type { Observer } from "../observer.js";
import { GUARDED_AGENT } from "../plan.js";
import type { Complaints } from "./complaints.js";

/** Weather in which nodes hear each other well enough to settle who serves. */
const FAIR_LOSS = 0.05;
/** A heartbeat leaves by itself when it has seen a partition heal, or it is asked for what both have: until then both have it. */
const HEARTBEAT_SETTLES_MS = 15_000;

export class Owners implements Observer {
  private wholeSinceMs = Number.POSITIVE_INFINITY;
  private readonly twoSinceMs = new Map<string, number>();
  /** What a heartbeat has started although another node had it, until it lets go of it. */
  private readonly wronged = new Set<string>();
  /** What could not be stopped when it was last tried: `node resource`. */
  private readonly stuck = new Set<string>();
  /** When a node could stop again what it could not: the rest of the group is next. */
  private readonly freedAtMs = new Map<string, number>();
  private readonly watched: readonly string[];

  constructor(
    private readonly cluster: SimulatedCluster,
    private readonly around: Surroundings,
    private readonly complaints: Complaints,
  ) {
    const members = cluster.plan.groups.flatMap(({ resources }) => resources);
    // What a dead daemon leaves behind besides its addresses, only fencing ends.
    const counts = members.filter(({ agent }) => around === "fencing" || agent === GUARDED_AGENT);
    this.watched = counts.map(({ name }) => name);
  }

  lived(node: SimNode): void {
    if (node.plan.isHeartbeat === true) this.wronged.clear();
    for (const key of this.stuck) if (key.startsWith(`${node.name} `)) this.stuck.delete(key);
  }

  done(node: SimNode, resource: string, action: ResourceAction, ok: boolean): void {
    const isMove = ok && (action === "start" || action === "stop");
    if (isMove && node.plan.isHeartbeat === true) this.noteWrong(node, resource, action === "start");
    if (action !== "stop") return;
    if (ok && this.stuck.delete(`${node.name} ${resource}`))
      this.freedAtMs.set(node.name, this.cluster.nowMs);
    if (!ok) this.stuck.add(`${node.name} ${resource}`);
  }

  moment(nowMs: number): void {
    this.noteWhole(nowMs);
    for (const resource of this.watched) {
      const owners = this.ownersOf(resource);
      if (owners.length < 2) {
        this.twoSinceMs.delete(resource);
        continue;
      }
      const sinceMs = this.twoSinceMs.get(resource) ?? nowMs;
      this.twoSinceMs.set(resource, sinceMs);
      if (nowMs - sinceMs > this.boundMs(nowMs, owners, resource))
        this.complaints.add(
          "owners",
          nowMs,
          `${resource} is served by ${owners.join(" and ")} since ${Math.round(sinceMs)} ms`,
        );
    }
  }

  private get isMixed(): boolean {
    return this.cluster.plan.nodes.some(({ isHeartbeat }) => isHeartbeat);
  }

  private ownersOf(resource: string): readonly string[] {
    const owners: string[] = [];
    for (const node of this.cluster.nodes.values())
      if (node.awake && node.running.has(resource)) owners.push(node.name);
    return owners;
  }

  /** How long two are no fault. */
  private boundMs(nowMs: number, owners: readonly string[], resource: string): number {
    const { operationMs, plan } = this.cluster;
    if (this.around === "fencing" && !this.wronged.has(resource)) return 0;
    if (owners.some((name) => this.cannotStop(name))) return Number.POSITIVE_INFINITY;
    if (this.around === "witness" || this.around === "majority")
      return 6 * operationMs + this.slowestMs() + this.lossMs() + this.guardMs(owners);
    const settleMs = plan.deadMs + 500 + 6 * operationMs + (this.isMixed ? HEARTBEAT_SETTLES_MS : 0);
    return nowMs - this.wholeSinceMs > settleMs ? 0 : Number.POSITIVE_INFINITY;
  }

  /** Of a heartbeat: it has started something, or stopped it. */
  private noteWrong(node: SimNode, resource: string, starts: boolean): void {
    const others = [...this.cluster.nodes.values()].filter((other) => other !== node);
    const group = this.cluster.plan.groups.find(({ resources }) =>
      resources.some(({ name }) => name === resource),
    );
    const names = group?.resources.map(({ name }) => name) ?? [];
    const has = ({ name, running, taken, forfeited, engine, alive }: SimNode): boolean =>
      names.some((one) => running.has(one) || taken.has(one) || forfeited.has(one)) ||
      (alive && engine.view().groups.some(({ key, owner }) => key === group?.key && owner === name));
    if (starts && others.some(has)) for (const name of names) this.wronged.add(name);
    if (!starts) this.wronged.delete(resource);
  }

  /** Who cannot stop keeps what he has, and tries again: only fencing ends that. */
  private cannotStop(name: string): boolean {
    const { failures, nodes, nowMs, operationMs } = this.cluster;
    const operations = [...(nodes.get(name)?.operations.values() ?? [])];
    const hangs = operations.some(
      ({ action, sinceMs }) => action === "stop" && nowMs - sinceMs > 2 * operationMs + 2,
    );
    const fails = [...failures.keys()].some((key) => key.startsWith(`${name} `) && key.endsWith(" stop"));
    const isFreed = nowMs - (this.freedAtMs.get(name) ?? Number.NEGATIVE_INFINITY) < 10 * operationMs;
    return hangs || fails || isFreed || [...this.stuck].some((key) => key.startsWith(`${name} `));
  }

  /** What says that another has claimed may be lost, and is said again with the next sign of life. */
  private lossMs(): number {
    const { network, plan } = this.cluster;
    const { loss, lateMs, lateShare, corruption } = network.weather;
    return (loss > 0 || corruption > 0 ? 2 * plan.keepaliveMs + 250 : 0) + (lateShare > 0 ? lateMs : 0);
  }

  /** A node was cut off, and then its daemon stood still before it noticed: its guard counts from there. */
  private guardMs(owners: readonly string[]): number {
    const { plan, nodes } = this.cluster;
    return owners.some((name) => nodes.get(name)?.frozen === true) ? (plan.guardAfterMs ?? 0) : 0;
  }

  private slowestMs(): number {
    return Math.max(0, ...[...this.cluster.nodes.values()].map(({ slowMs }) => 8 * slowMs));
  }

  private noteWhole(nowMs: number): void {
    const { nodes, plan, network } = this.cluster;
    const isWhole =
      network.cuts.size === 0 &&
      network.weather.loss <= FAIR_LOSS &&
      network.weather.lateShare === 0 &&
      nodes.size === plan.nodes.length &&
      // What waits for a stop waits for the other node too, which does not leave before that.
      !(this.isMixed && this.stuck.size > 0) &&
      [...nodes.values()].every(isWell);
    if (!isWhole) this.wholeSinceMs = Number.POSITIVE_INFINITY;
    else if (this.wholeSinceMs === Number.POSITIVE_INFINITY) this.wholeSinceMs = nowMs;
  }
}

function isWell({ alive, frozen, slowMs }: SimNode): boolean {
  return alive && !frozen && slowMs < 10;
}
