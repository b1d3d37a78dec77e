// Looks on and takes down what people would want to know: what nodes decide and why, what starts and stops, and who serves.
import type { EngineEffect, EngineInput } from "@systole/core/engine";
import type { EngineEvent, ResourceAction } from "@systole/core/ports";
import { isCounted, wordsFor, wordsForCounted } from "@systole/core/words";
import type { SimulatedCluster } from "../cluster.js";
import { SIM_LIMITS } from "../limits.js";
import type { SimNode } from "../node.js";
import type { Observer } from "../observer.js";
import { Served } from "./served.js";

export interface Happening {
  readonly atMs: number;
  /** A node, or a group. */
  readonly who: string;
  /** The end of a sentence that begins with `who`. */
  readonly what: string;
}

const LIVED = {
  begins: "starts",
  killed: "loses its daemon",
  left: "has said goodbye, and its daemon has ended",
  "power-off": "loses its power",
} as const;

export class Narrator implements Observer {
  private happenings: Happening[] = [];
  private beyond = 0;
  /** By node and kind: how often, since they were told. */
  private counts = new Map<string, number>();
  private readonly served: Served;
  /** By node: what its guard had taken away. */
  private readonly taken = new Map<string, ReadonlySet<string>>();

  constructor(private readonly cluster: SimulatedCluster) {
    this.served = new Served(cluster);
  }

  lived({ name }: SimNode, what: keyof typeof LIVED): void {
    this.add(name, LIVED[what]);
  }

  stepped({ name }: SimNode, _input: EngineInput, effects: readonly EngineEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === "event") this.heard(name, effect.event);
      if (effect.kind === "fence.request") this.add(name, `orders ${effect.node} to be switched off`);
      if (effect.kind === "operator.answered")
        this.add(name, `answers the operator: ${effect.ok ? "" : "no, "}${effect.reason}`);
      if (effect.kind === "halt") this.add(name, `halts: ${effect.violations.join("; ")}`);
    }
  }

  done({ name }: SimNode, resource: string, action: ResourceAction, ok: boolean): void {
    if (ok && action === "start") this.add(name, `has started ${resource}`);
    if (ok && action === "stop") this.add(name, `has stopped ${resource}`);
  }

  moment(): void {
    this.look();
  }

  /** Everything since the last time, in the order of time. */
  take(): readonly Happening[] {
    this.look();
    for (const [key, count] of this.takeCounts()) {
      const [who = ""] = key.split(" ");
      const name = key.slice(who.length + 1);
      const what = wordsForCounted(name, count);
      if (what !== undefined) this.add(who, what);
    }
    const { happenings, beyond } = this;
    this.happenings = [];
    this.beyond = 0;
    if (beyond > 0) happenings.push({ atMs: this.cluster.nowMs, who: "…", what: `and ${beyond} more` });
    return happenings;
  }

  /** Who serves now: also asked for when nothing happens by itself. */
  look(): void {
    for (const { name, taken } of this.cluster.nodes.values()) {
      const before = this.taken.get(name) ?? new Set();
      if (taken.size === 0 && before.size === 0) continue;
      for (const resource of taken)
        if (!before.has(resource)) this.add(name, `has ${resource} taken away by its guard`);
      this.taken.set(name, new Set(taken));
    }
    for (const { group, what } of this.served.changes()) this.add(group, what);
  }

  private heard(who: string, event: EngineEvent): void {
    if (event.name === "link.changed" && this.isPlain(event.fields)) return;
    const what = wordsFor(event, who);
    if (what !== undefined) return this.add(who, what);
    if (!isCounted(event.name)) return;
    const key = `${who} ${event.name}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  /** Where there is one link to a node, what becomes of it becomes of the node. */
  private isPlain({ node }: EngineEvent["fields"]): boolean {
    if (!this.cluster.names.some((name) => name === node)) return true;
    const carriers = this.cluster.plan.nodes[0]?.carriers ?? [];
    return carriers.filter(({ supports }) => supports.probe === undefined).length === 1;
  }

  private takeCounts(): ReadonlyMap<string, number> {
    const { counts } = this;
    this.counts = new Map();
    for (const { name, refused } of this.cluster.nodes.values()) {
      for (const [reason, count] of refused) counts.set(`${name} ${reason}`, count);
      refused.clear();
    }
    return counts;
  }

  private add(who: string, what: string): void {
    if (this.happenings.length < SIM_LIMITS.toldAtOnce)
      this.happenings.push({ atMs: this.cluster.nowMs, who, what });
    else this.beyond += 1;
  }
}
