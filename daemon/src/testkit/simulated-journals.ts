// The journals that the nodes of a simulated cluster would have kept: for tests of what is read out of journals.
import { ClassicAuthenticator } from "@systole/auth-classic";
import type { EngineEvent, ResourceAction } from "@systole/core/ports";
import { clusterOf, parseScene, type Observer, type SimNode, type SimulatedCluster } from "@systole/sim";
import type { JournalEntry } from "../journal/entry.js";
import { GroupWatch } from "../journal/group-watch.js";

const AUTHENTICATOR = new ClassicAuthenticator({
  sign: 1,
  keys: [{ index: 1, method: "sha1", key: "simulated" }],
});
const STARTED_AT = Date.UTC(2026, 0, 5, 10, 0, 0);

export class SimulatedJournals implements Observer {
  readonly cluster: SimulatedCluster;
  private readonly byNode = new Map<string, JournalEntry[]>();
  private readonly watches = new Map<string, GroupWatch>();
  private readonly begun = new Map<string, number>();

  /** A scene as the simulator's transcripts describe it: `cluster alpha bravo, around fencing, …`. */
  constructor(scene: string, seed = 1) {
    this.cluster = clusterOf(parseScene([scene]).scene, seed, AUTHENTICATOR).cluster;
    this.cluster.observers.push(this);
  }

  of(node: string): readonly JournalEntry[] {
    return this.byNode.get(node) ?? [];
  }

  /** Wall time of the simulation's moment. */
  get wallMs(): number {
    return STARTED_AT + this.cluster.nowMs;
  }

  lived({ name }: SimNode, what: "begins" | "killed" | "left" | "power-off"): void {
    if (what !== "begins") return;
    this.watches.set(name, new GroupWatch());
    const groups = this.cluster.plan.groups.map(({ key, home, resources }) => {
      return { key, home, resources: resources.map((resource) => resource.name) };
    });
    this.add(name, {
      name: "daemon.configured",
      level: "info",
      fields: { nodes: this.cluster.names, groups },
    });
  }

  ordered({ name }: SimNode, resource: string): void {
    this.begun.set(`${name} ${resource}`, this.cluster.nowMs);
  }

  done({ name }: SimNode, resource: string, action: ResourceAction, ok: boolean): void {
    if (!ok || (action !== "start" && action !== "stop")) return;
    const tookMs = Math.round(this.cluster.nowMs - (this.begun.get(`${name} ${resource}`) ?? 0));
    const told = action === "start" ? "resource.started" : "resource.stopped";
    this.add(name, { name: told, level: "info", fields: { resource, tookMs } });
  }

  stepped(...[node, input, effects]: Parameters<NonNullable<Observer["stepped"]>>): void {
    const { name } = node;
    if (input.kind === "operator.requested")
      this.add(name, { name: "operator.requested", level: "info", fields: { ...input.request } });
    for (const effect of effects) if (effect.kind === "event") this.add(name, effect.event);
    if (!node.alive) return;
    for (const event of this.watches.get(name)?.changes(node.engine.view().groups) ?? [])
      this.add(name, event);
  }

  private add(node: string, { name, level, fields }: EngineEvent): void {
    if (level === "debug") return;
    const entries = this.byNode.get(node) ?? [];
    const time = new Date(this.wallMs).toISOString();
    entries.push({ seq: entries.length + 1, time, node, level, name, fields });
    this.byNode.set(node, entries);
  }
}
