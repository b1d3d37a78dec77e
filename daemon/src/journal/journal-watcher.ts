// Tells the journal what happens to a running node, and what has become of its groups by then.
import type { Cluster, ClusterObserver } from "@systole/core";
import type { EngineEvent } from "@systole/core/ports";
import { GroupWatch } from "./group-watch.js";
import type { LateBeats } from "../control/cluster-handle.js";
import type { Journal } from "./journal.js";

/** After these a group may be elsewhere at once; anything else shows at the next sign of life. */
const MOVES = /^(group|resource|node|fence|isolation)\./;

export class JournalWatcher {
  private readonly groups = new GroupWatch();
  /** By node: signs of life that came late. */
  readonly lateBeats = new Map<string, LateBeats>();
  private cluster: Pick<Cluster, "view"> | undefined;

  constructor(private readonly journal: Pick<Journal, "tell"> | undefined) {}

  watch(cluster: Pick<Cluster, "view">): void {
    this.cluster = cluster;
  }

  /** The same observer, and this one. */
  beside(observer: ClusterObserver): ClusterObserver {
    return {
      ...observer,
      pulsed: () => {
        observer.pulsed?.();
        this.look();
      },
      happened: (event) => {
        observer.happened?.(event);
        if (event.name === "node.late") this.countLate(event.fields);
        this.journal?.tell(event);
        if (MOVES.test(event.name)) this.look();
      },
    };
  }

  private countLate({ node, silentMs }: EngineEvent["fields"]): void {
    if (typeof node !== "string" || typeof silentMs !== "number") return;
    const { times, longestMs } = this.lateBeats.get(node) ?? { times: 0, longestMs: 0 };
    this.lateBeats.set(node, { times: times + 1, longestMs: Math.max(longestMs, silentMs) });
  }

  private look(): void {
    if (this.journal === undefined) return;
    const changes: readonly EngineEvent[] = this.groups.changes(this.cluster?.view().groups ?? []);
    for (const event of changes) this.journal.tell(event);
  }
}
