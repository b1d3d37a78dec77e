// Epochs and generations only grow, as long as the disk keeps what was written on it.
import type { EngineEffect, EngineInput } from "@systole/core/engine";
import type { SimulatedCluster } from "../cluster.js";
import type { SimNode } from "../node.js";
import type { Observer } from "../observer.js";
import type { Complaints } from "./complaints.js";

export class Growth implements Observer {
  private readonly epochs = new Map<string, number>();
  private readonly generations = new Map<string, number>();

  constructor(
    private readonly cluster: SimulatedCluster,
    private readonly complaints: Complaints,
  ) {}

  lived(node: SimNode, what: string): void {
    if (what !== "begins") return;
    const { name, generation } = node;
    const before = this.generations.get(name) ?? 0;
    this.generations.set(name, generation);
    // A clock that was set back, and a disk that has lost everything: nothing is left to count by.
    if (generation <= before && !node.clock.isBehind)
      this.complaints.add(
        "growth",
        this.cluster.nowMs,
        `${name} begins life ${generation} after life ${before}`,
      );
    if (node.disk.read("policy") === undefined || isTorn(node.disk.read("policy")))
      for (const key of this.epochs.keys()) if (key.startsWith(`${name} `)) this.epochs.delete(key);
  }

  stepped(node: SimNode, _input: EngineInput, effects: readonly EngineEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === "state.persist") this.compare(node, effect.state);
      if (effect.kind === "event" && effect.event.name === "group.claimed")
        this.claimed(node, effect.event.fields);
    }
  }

  /** A claim is a new one, or the others could not tell which of two they know is the later. */
  private claimed({ name }: SimNode, { group, epoch }: Readonly<Record<string, unknown>>): void {
    const known = this.epochs.get(`${name} ${String(group)}`) ?? 0;
    if (Number(epoch) <= known)
      this.complaints.add(
        "growth",
        this.cluster.nowMs,
        `${name} claims ${String(group)} with epoch ${String(epoch)}, and knew ${known}`,
      );
  }

  private compare({ name }: SimNode, state: unknown): void {
    const { epochs = {} } = state as { readonly epochs?: Readonly<Record<string, number>> };
    for (const [group, epoch] of Object.entries(epochs)) {
      const key = `${name} ${group}`;
      const before = this.epochs.get(key) ?? 0;
      this.epochs.set(key, epoch);
      if (epoch < before)
        this.complaints.add(
          "growth",
          this.cluster.nowMs,
          `${name}: the epoch of ${group} falls from ${before} to ${epoch}`,
        );
    }
  }
}

function isTorn(state: unknown): boolean {
  return typeof state === "object" && state !== null && !("epochs" in state);
}
