// What happens in a simulated cluster, in the words of an operator's log: the engine's own events that matter, and what agents did.
import type { EngineEvent, ResourceAction } from "@systole/core/ports";
import type { Observer, SimNode, SimulatedCluster } from "@systole/sim";

export interface Line {
  readonly atMs: number;
  /** Absent: it happens to the cluster. */
  readonly node?: string;
  readonly what: string;
  readonly why?: string;
}

type Fields = EngineEvent["fields"];
type Telling = (fields: Fields) => Omit<Line, "atMs" | "node">;

const text = (value: unknown): string => {
  if (Array.isArray(value)) return value.map((one) => text(one)).join(", ");
  return typeof value === "string" || typeof value === "number" ? String(value) : "?";
};
const because = (what: string, why: unknown): Omit<Line, "atMs" | "node"> =>
  why === undefined || why === "" ? { what } : { what, why: text(why) };

const TELLINGS: Readonly<Record<string, Telling>> = {
  "node.changed": ({ node, to, reason }) =>
    to === "ping"
      ? because(`${text(node)} answers`, undefined)
      : because(`${text(node)} is ${text(to)}`, reason),
  "node.expelled": ({ by }) => because("ends itself", `${text(by)} says so`),
  "partition.healed": ({ node }) => because(`hears ${text(node)} again, which never was away`, undefined),
  "self.late": ({ lateMs }) => because(`was late by ${text(lateMs)} ms`, undefined),
  "self.suspended": () => because("notices that it stood still", undefined),
  "self.cut-off": () => because("is cut off", undefined),
  "self.reconnected": () => because("is connected again", undefined),
  "isolation.judged": ({ serves, take, why }) =>
    because(serves === true ? `may serve${take === "yes" ? ", and take over" : ""}` : "may not serve", why),
  "group.claimed": ({ group, owner, why }) => because(`${text(group)} belongs to ${text(owner)}`, why),
  "group.yielded": ({ group, to }) =>
    because(`gives way with ${text(group)}`, `${text(to)} has the older claim`),
  "group.start-failed": ({ group, reason }) => because(`cannot start ${text(group)}`, reason),
  "group.moved-after-failures": ({ group }) =>
    because(`gives ${text(group)} away`, "it failed too often here"),
  "group.elsewhere": ({ group, why }) => because(`does not take ${text(group)}`, why),
  "group.elsewhere-gone": ({ group }) => because(`nobody answers for ${text(group)} any more`, undefined),
  "resource.failed": ({ resource, reason }) => because(`${text(resource)} has failed`, reason),
  "resource.start-failed": ({ resource, reason }) => because(`${text(resource)} does not start`, reason),
  "resource.stop-failed": ({ resource, reason }) => because(`${text(resource)} does not stop`, reason),
  "resource.not-watched": ({ resource, why }) => because(`${text(resource)} is not watched`, why),
  "resource.held-down": ({ resource }) =>
    because(`${text(resource)} waits before it is started again`, undefined),
  "fence.needed": ({ node, why }) => because(`${text(node)} has to be fenced`, why),
  "fence.done": ({ node, by }) => because(`${text(node)} is fenced, by ${text(by)}`, undefined),
  "fence.failed": ({ node, reason }) => because(`${text(node)} could not be fenced`, reason),
  "fence.given-up": ({ node }) => because(`nobody tries to fence ${text(node)} any more`, undefined),
  "fence.abandoned": ({ node, why }) => because(`${text(node)} need not be fenced`, why),
  "fence.lied": ({ node }) => because(`${text(node)} was not fenced, whatever its switch said`, undefined),
  "fence.not-configured": ({ node }) => because(`nothing can fence ${text(node)}`, undefined),
};

const ACTED: Partial<Readonly<Record<ResourceAction, readonly [string, string]>>> = {
  start: ["has started", "could not start"],
  stop: ["has stopped", "could not stop"],
};

/** Looks on, and tells it all line by line, in the order in which it happens. */
export class Narrator implements Observer {
  private told = 0;

  constructor(
    private readonly cluster: SimulatedCluster,
    private readonly tell: (line: Line) => void,
  ) {
    this.told = cluster.events.length;
  }

  /** Something from outside. */
  say(what: string): void {
    this.moment();
    this.tell({ atMs: this.cluster.nowMs, what });
  }

  done(node: SimNode, resource: string, action: ResourceAction, ok: boolean): void {
    this.moment();
    const said = ACTED[action]?.[ok ? 0 : 1];
    if (said !== undefined)
      this.tell({ atMs: this.cluster.nowMs, node: node.name, what: `${said} ${resource}` });
  }

  lived({ name }: SimNode, what: string): void {
    this.moment();
    const { nowMs: atMs } = this.cluster;
    if (what === "begins") this.tell({ atMs, node: name, what: "the daemon starts" });
    if (what === "left") this.tell({ atMs, node: name, what: "the daemon has ended in order" });
    if (what === "power-off") this.tell({ atMs, node: name, what: "the machine is off" });
  }

  moment(): void {
    const { events } = this.cluster;
    for (; this.told < events.length; this.told += 1) {
      const one = events[this.told];
      const telling = one === undefined ? undefined : TELLINGS[one.event.name];
      if (one !== undefined && telling !== undefined)
        this.tell({ atMs: one.atMs, node: one.node, ...telling(one.event.fields) });
    }
  }
}
