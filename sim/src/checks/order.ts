// Within a group: started in order, each when those before it run, and stopped in the reverse order.
import type { GroupSpec, ResourceAction } from "@systole/core/ports";
import type { SimulatedCluster } from "../cluster.js";
import type { SimNode } from "../node.js";
import type { Observer } from "../observer.js";
import type { Complaints } from "./complaints.js";

export class Order implements Observer {
  /** What each node's engine has reason to believe that it runs: `node resource`. */
  private readonly trusted = new Set<string>();

  constructor(
    private readonly cluster: SimulatedCluster,
    private readonly complaints: Complaints,
  ) {}

  lived(node: SimNode): void {
    for (const key of this.trusted) if (key.startsWith(`${node.name} `)) this.trusted.delete(key);
  }

  ordered(node: SimNode, resource: string, action: ResourceAction): void {
    const place = placeOf(this.cluster.plan.groups, resource);
    if (place === undefined) return;
    const { before, after } = place;
    const believes = (name: string): boolean => this.trusted.has(`${node.name} ${name}`);
    if (action === "stop") {
      const left = after.filter(believes);
      if (left.length > 0) this.complain(node, `stops ${resource} before ${left.join(", ")}`);
    }
    if (action === "start") {
      const missing = before.filter((name) => !believes(name));
      if (missing.length > 0) this.complain(node, `starts ${resource} before ${missing.join(", ")}`);
    }
  }

  done(node: SimNode, resource: string, action: ResourceAction, ok: boolean): void {
    const key = `${node.name} ${resource}`;
    if (!ok) return;
    if (action === "start") this.trusted.add(key);
    if (action === "stop") this.trusted.delete(key);
    if (action !== "status") return;
    // An agent that lies has told the engine that it runs.
    const trouble = this.cluster.troubleOf(node.name, resource, action);
    const lies = trouble !== undefined && "kind" in trouble && trouble.kind === "lies";
    if (lies || node.running.has(resource)) this.trusted.add(key);
    else this.trusted.delete(key);
  }

  private complain(node: SimNode, what: string): void {
    this.complaints.add("order", this.cluster.nowMs, `${node.name} ${what}`);
  }
}

function placeOf(
  groups: readonly GroupSpec[],
  resource: string,
): { readonly before: readonly string[]; readonly after: readonly string[] } | undefined {
  for (const { resources } of groups) {
    const names = resources.map(({ name }) => name);
    const at = names.indexOf(resource);
    if (at >= 0) return { before: names.slice(0, at), after: names.slice(at + 1) };
  }
  return undefined;
}
