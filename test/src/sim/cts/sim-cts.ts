// The cluster of a class: what an operator and a laboratory do to it, and when it is at rest.
import type { GroupSpec } from "@systole/core/ports";
import type { Scene, SimulatedCluster } from "@systole/sim";

const PATIENCE_MS = 90_000;

export class SimCts {
  constructor(
    readonly cluster: SimulatedCluster,
    readonly scene: Scene,
  ) {}

  get names(): readonly string[] {
    return this.scene.nodes;
  }

  get groups(): readonly GroupSpec[] {
    return this.scene.groups;
  }

  others(name: string): readonly string[] {
    return this.names.filter((other) => other !== name);
  }

  running(): readonly string[] {
    return this.names.filter((name) => this.cluster.nodes.get(name)?.alive === true);
  }

  start(...names: readonly string[]): void {
    for (const name of names) if (!this.running().includes(name)) this.cluster.start(name);
  }

  /** In order; returns when the daemons have ended. */
  stop(...names: readonly string[]): void {
    for (const name of names) if (this.running().includes(name)) this.cluster.stop(name);
    this.wait(`${names.join(" and ")} to stop`, () => names.every((name) => !this.running().includes(name)));
  }

  pause(ms: number): void {
    this.cluster.run(ms);
  }

  wait(what: string, holds: () => boolean): number {
    const { cluster, scene } = this;
    const sinceMs = cluster.nowMs;
    while (!holds()) {
      if (cluster.nowMs - sinceMs > PATIENCE_MS) throw new Error(`waits for ${what}, and for nothing`);
      cluster.run(scene.keepaliveMs / 2);
    }
    return cluster.nowMs - sinceMs;
  }

  must(what: string, holds: boolean): void {
    if (!holds) throw new Error(`it must be so that ${what}, and is not`);
  }

  /** The daemons that run are stable and say the same; what they may serve is served once, what they may not nowhere. */
  rest(): void {
    let wrong: readonly string[] = [];
    try {
      this.wait("rest", () => (wrong = this.unrest()).length === 0);
    } catch (error) {
      throw new Error(wrong.join("; "), { cause: error });
    }
  }

  /** Those that run may serve when the others have left in order, or are off. */
  mayServe(): boolean {
    const running = this.running().length;
    return this.scene.around === "majority" ? 2 * running > this.names.length : running > 0;
  }

  /** Machines on which a whole group runs, where a daemon lives. */
  ownersOf({ resources }: GroupSpec): readonly string[] {
    const runs = (name: string): boolean =>
      resources.every((one) => this.cluster.node(name).running.has(one.name));
    return this.running().filter(runs);
  }

  private unrest(): readonly string[] {
    const { cluster } = this;
    const running = this.running();
    const views = running.map((name) => ({ name, view: cluster.view(name) }));
    const unstable = views.flatMap(({ name, view }) => (view.stable ? [] : [`${name}: ${view.why}`]));
    const lonely = views.flatMap(({ name, view }) => {
      const heard = view.nodes.filter(({ state }) => state === "active").map((node) => node.name);
      return running.every((other) => heard.includes(other))
        ? []
        : [`${name} hears ${heard.join(" ")} alone`];
    });
    const places = this.groups.flatMap((group) => {
      const owners = this.ownersOf(group).join(" and ") || "nobody";
      const said = new Set(views.map(({ view }) => ownerIn(view.groups, group.key)));
      const isServed = this.mayServe() ? said.size === 1 && said.has(owners) : owners === "nobody";
      const isRight = isServed && (owners !== "nobody" || !this.mayServe());
      return isRight ? [] : [`${group.key} is on ${owners}, and is said to be on ${[...said].join(" and ")}`];
    });
    return [...unstable, ...lonely, ...places];
  }
}

function ownerIn(
  groups: readonly { readonly key: string; readonly owner: string | undefined }[],
  key: string,
): string {
  return groups.find((group) => group.key === key)?.owner ?? "nobody";
}
