// What users of a group see: for how long nobody served it, and for how long two did. They reach every node that is not isolated.
import type { GroupSpec } from "@systole/core/ports";
import { USERS, type SimulatedCluster } from "../cluster.js";
import type { SimNode } from "../node.js";
import type { Observer } from "../observer.js";
import { GUARDED_AGENT } from "../plan.js";

/** A time that has ended, or goes on. */
export interface Span {
  readonly group: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface GroupTimes {
  readonly group: string;
  /** All in all. */
  readonly unservedMs: number;
  readonly twiceMs: number;
  /** The longest at a stretch in which nobody served although a node was well; undefined: there was none. */
  readonly longestOutage: Span | undefined;
  readonly longestTwice: Span | undefined;
}

class Stretch {
  totalMs = 0;
  longest: Span | undefined;
  private sinceMs: number | undefined;

  constructor(private readonly group: string) {}

  look(isSo: boolean, nowMs: number): void {
    if (isSo) this.sinceMs ??= nowMs;
    if (this.sinceMs === undefined) return;
    const lastedMs = nowMs - this.sinceMs;
    if (lastedMs > 0 && (this.longest === undefined || lastedMs > this.longest.toMs - this.longest.fromMs))
      this.longest = { group: this.group, fromMs: this.sinceMs, toMs: nowMs };
    if (isSo) return;
    this.totalMs += lastedMs;
    this.sinceMs = undefined;
  }

  soFarMs(nowMs: number): number {
    return this.totalMs + (this.sinceMs === undefined ? 0 : nowMs - this.sinceMs);
  }
}

interface Watched {
  readonly spec: GroupSpec;
  /** What tells users apart who serves: the addresses of the group, or everything where it has none. */
  readonly seen: readonly string[];
  readonly unserved: Stretch;
  readonly outage: Stretch;
  readonly twice: Stretch;
  begun: boolean;
}

export class Outages implements Observer {
  private readonly groups: readonly Watched[];

  constructor(private readonly cluster: SimulatedCluster) {
    this.groups = cluster.plan.groups.map((spec) => watched(spec));
  }

  lived(): void {
    this.moment(this.cluster.nowMs);
  }

  /** Also to be called when something was done to the cluster between its own moments. */
  moment(nowMs: number): void {
    const nodes = this.reachable();
    const isWell = nodes.some((node) => this.isWell(node));
    for (const group of this.groups) {
      const { spec, seen } = group;
      const served = nodes.some(({ running }) => spec.resources.every(({ name }) => running.has(name)));
      // What is not up yet has no users.
      group.begun ||= served;
      group.unserved.look(group.begun && !served, nowMs);
      group.outage.look(group.begun && !served && isWell, nowMs);
      const isTwice = seen.some((name) => nodes.filter(({ running }) => running.has(name)).length > 1);
      group.twice.look(isTwice, nowMs);
    }
  }

  /** Up to now. */
  times(): readonly GroupTimes[] {
    const { nowMs } = this.cluster;
    this.moment(nowMs);
    return this.groups.map(({ spec, unserved, outage, twice }) => ({
      group: spec.key,
      unservedMs: unserved.soFarMs(nowMs),
      twiceMs: twice.soFarMs(nowMs),
      longestOutage: outage.longest,
      longestTwice: twice.longest,
    }));
  }

  /** Nodes that run all of a group and can be reached. */
  servers(key: string): readonly string[] {
    const resources = this.groups.find(({ spec }) => spec.key === key)?.spec.resources ?? [];
    const serving = this.reachable().filter(({ running }) =>
      resources.every(({ name }) => running.has(name)),
    );
    return serving.map(({ name }) => name);
  }

  private reachable(): readonly SimNode[] {
    return [...this.cluster.nodes.values()].filter((node) => node.awake && this.reachesUsers(node));
  }

  private reachesUsers({ name }: SimNode): boolean {
    const { network } = this.cluster;
    return network.reaches(USERS, name) && network.reaches(name, USERS);
  }

  /** It could serve: the daemon lives, at its pace, and no agent of its is broken. */
  private isWell({ name, alive, frozen, isSlow }: SimNode): boolean {
    const { failures } = this.cluster;
    return alive && !frozen && !isSlow && ![...failures.keys()].some((key) => key.startsWith(`${name} `));
  }
}

function watched(spec: GroupSpec): Watched {
  const addresses = spec.resources.filter(({ agent }) => agent === GUARDED_AGENT);
  return {
    spec,
    seen: (addresses.length > 0 ? addresses : spec.resources).map(({ name }) => name),
    unserved: new Stretch(spec.key),
    outage: new Stretch(spec.key),
    twice: new Stretch(spec.key),
    begun: false,
  };
}
