// Which machines answer for each group at this moment, as an observer on the machines sees it, and for how long it was otherwise.
import type { SimulatedCluster } from "../cluster.js";
import type { GroupSpec } from "@systole/core/ports";
import { secondsText } from "@systole/core/words";

interface Standing {
  readonly by: readonly string[];
  readonly sinceMs: number;
}

export class Served {
  private readonly standings = new Map<string, Standing>();

  constructor(private readonly cluster: SimulatedCluster) {}

  /** Nothing is told of what nobody has served yet. */
  changes(): readonly { readonly group: string; readonly what: string }[] {
    const { nowMs, plan } = this.cluster;
    return plan.groups.flatMap((group) => {
      const by = this.by(group);
      const before = this.standings.get(group.key) ?? { by: [], sinceMs: nowMs };
      const isSame = by.join() === before.by.join();
      if (isSame && this.standings.has(group.key)) return [];
      this.standings.set(group.key, { by, sinceMs: nowMs });
      return isSame ? [] : [{ group: group.key, what: sentence(by, before, nowMs) }];
    });
  }

  /** Machines that are awake and run all of it. */
  by({ resources }: GroupSpec): readonly string[] {
    const nodes = [...this.cluster.nodes.values()];
    const serving = nodes.filter(
      (node) => node.awake && resources.every(({ name }) => node.running.has(name)),
    );
    return serving.map(({ name }) => name).toSorted();
  }
}

function sentence(by: readonly string[], before: Standing, nowMs: number): string {
  const forMs = secondsText(nowMs - before.sinceMs);
  if (by.length > 1) return `is served by ${by.join(" and ")} at the same time`;
  if (by.length === 0) return "is served by nobody";
  if (before.by.length === 0)
    return `is served by ${by.join()}${before.sinceMs === 0 ? "" : `, after ${forMs} without`}`;
  return `is served by ${by.join()}${before.by.length > 1 ? ` alone, after ${forMs} by two` : ""}`;
}
