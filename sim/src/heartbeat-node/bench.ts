// A bench for the model's own tests: two machines as the captured ones were set up, each a heartbeat or a Systole, and all that was said.
import {
  textField,
  type Authenticator,
  type Failback,
  type GroupSpec,
  type Message,
} from "@systole/core/ports";
import { SimulatedCluster } from "../cluster.js";
import { designedPlan } from "../designed-plan.js";
import { GROUPS, NODES, TIMINGS } from "./captured-set-up.js";

export interface BenchOptions {
  readonly seed: number;
  /** The node that runs Systole. Absent: both are heartbeats. */
  readonly systole?: string;
  readonly failback?: Failback;
  readonly fencing?: boolean;
}

interface Said {
  readonly atMs: number;
  readonly from: string;
  readonly message: Message;
}

const OPEN: Authenticator = {
  supports: { keyed: false },
  sign: () => "1 x",
  verify: () => ({ ok: true, key: 1 }),
};

export class Bench extends SimulatedCluster {
  readonly said: Said[] = [];

  constructor({ seed, systole, failback = "on", fencing = false }: BenchOptions) {
    const { keepaliveMs, deadMs } = TIMINGS;
    const heartbeats = NODES.filter((name) => name !== systole);
    const common = { nodes: NODES, groups: GROUPS, authenticator: OPEN, keepaliveMs, deadMs };
    super(designedPlan({ ...common, heartbeats, failback, fencing }), seed);
    this.operationMs = 30;
    this.lookMs = 5;
    this.observers.push({
      stepped: ({ name }, _input, effects) => {
        for (const effect of effects)
          if (effect.kind === "frame.send")
            this.said.push({ atMs: this.nowMs, from: name, message: effect.message });
      },
    });
  }

  /** Who runs what, in the order of the groups: `part on` a node is a part of a group. */
  owners(): string {
    return GROUPS.map((group) => this.places(group).join("+")).join(" ");
  }

  places({ resources }: GroupSpec): readonly string[] {
    const nodes = [...this.nodes.values()].filter(({ running }) =>
      resources.some(({ name }) => running.has(name)),
    );
    return nodes.map(({ name, running }) =>
      resources.every((resource) => running.has(resource.name)) ? name : `part on ${name}`,
    );
  }

  isAlive(name: string): boolean {
    return this.nodes.get(name)?.alive === true;
  }

  /** Nothing but the nodes stands between them. */
  split(): void {
    this.cut("alpha", "bravo");
  }

  settles(where: string, limitMs = 30_000): void {
    this.until(
      () => this.owners() === where && this.stable(),
      limitMs,
      `groups on ${where}, ${this.owners()}`,
    );
  }
}

/** A message in a line: what it says, without what every message carries. */
export function line(message: Message): string {
  const common = "src srcuuid destuuid seq hg ts ld ttl auth protocol dt".split(" ");
  return message.fields
    .filter(({ name }) => !common.includes(name))
    .map(({ name, value }) => (name === "t" ? (textField(message, "t") ?? "") : `${name}=${String(value)}`))
    .join(" ");
}
