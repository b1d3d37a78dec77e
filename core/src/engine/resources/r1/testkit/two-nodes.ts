// Two R1 machines, a virtual clock, a network with a delay, and runners that take their time: for tests only.
import type {
  EngineEvent,
  Failback,
  GroupSpec,
  Message,
  NodeState,
  NodeView,
  OperatorRequest,
} from "../../../../ports/index.js";
import { createR1, type R1Input, type R1Machine, type R1Output } from "../index.js";
import { describe, group, host, view, type Host } from "./host.js";

export interface TwoNodesOptions {
  readonly failback?: Failback;
  readonly fencing?: boolean;
  readonly ipfail?: boolean;
  readonly groups?: readonly GroupSpec[];
  /** Index of the message, counted over both nodes from 0, that is lost. */
  readonly lose?: number;
}

export interface Sent {
  readonly atMs: number;
  readonly text: string;
}

interface Planned {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

const DELAY_MS = 20;
const OPERATION_MS = 100;
const ACTIVE_AFTER_MS = 500;
const DEAD_AFTER_MS = 6000;
const POLL_LIMIT = 20_000;

export class TwoNodes {
  nowMs = 0;
  readonly sent: Sent[] = [];
  readonly events: (EngineEvent & { node: string })[] = [];
  readonly answers: { node: string; id: number; ok: boolean; reason: string }[] = [];
  readonly released: string[] = [];
  /** Groups that cannot start, as `node key`. */
  readonly broken = new Set<string>();
  /** Groups that do not stop, as `node key`. */
  readonly stuck = new Set<string>();
  /** What the next attempts to fence come to; success when empty. */
  readonly fenceResults: boolean[] = [];
  /** Spans in which a group ran on both nodes. */
  readonly doubles: { key: string; fromMs: number; toMs: number | undefined }[] = [];
  lostText: string | undefined;
  pings: Readonly<Record<string, NodeState>> = {};
  private cut = false;
  private counted = 0;
  private order = 0;
  private readonly planned: Planned[] = [];
  private readonly hosts: readonly [Host, Host] = [host("alpha"), host("bravo")];

  constructor(private readonly options: TwoNodesOptions = {}) {}

  get groups(): readonly GroupSpec[] {
    return this.options.groups ?? [group("web", "alpha"), group("db", "bravo")];
  }

  machine(name: string): R1Machine {
    const machine = this.host(name).machine;
    if (machine === undefined) throw new Error(`${name} does not run`);
    return machine;
  }

  running(name: string): readonly string[] {
    return [...this.host(name).running].toSorted();
  }

  /** Messages since a moment, without times. */
  transcript(sinceMs: number): readonly string[] {
    return this.sent.filter((sent) => sent.atMs >= sinceMs).map((sent) => sent.text);
  }

  start(name: string): void {
    const starting = this.host(name);
    const other = this.other(name);
    starting.generation += 1;
    starting.sequence = 0;
    starting.machine = createR1({
      self: name,
      nodes: ["alpha", "bravo"],
      groups: this.groups,
      failback: this.options.failback ?? "on",
      keepaliveMs: 1000,
      ipfail: this.options.ipfail ?? false,
      fencing: this.options.fencing ?? false,
      holding: [],
      stable: false,
    });
    const { generation } = starting;
    const isSame = () => starting.generation === generation && starting.machine !== undefined;
    if (other.machine === undefined) this.setSeen(other, "init", "started");
    this.setSeen(starting, "up", "started");
    const activate = () => {
      if (!isSame()) return;
      this.setSeen(starting, "active", "started");
      this.input(starting, { kind: "self.active" });
    };
    const begin = () => {
      if (!isSame()) return;
      if (other.machine === undefined) this.plan(2 * DEAD_AFTER_MS, () => this.declareDead(other, activate));
      else activate();
    };
    this.plan(ACTIVE_AFTER_MS, begin);
  }

  request(name: string, id: number, request: OperatorRequest): void {
    this.input(this.host(name), { kind: "operator.requested", id, request });
  }

  inject(name: string, input: R1Input): void {
    this.input(this.host(name), input);
  }

  /** The machine room loses power. */
  kill(name: string): void {
    const killed = this.host(name);
    killed.machine = undefined;
    killed.running.clear();
    this.noteDoubles();
    const { generation } = killed;
    this.plan(DEAD_AFTER_MS, () => {
      if (killed.generation === generation) this.setSeen(killed, "dead", "silent");
    });
  }

  partition(): void {
    this.cut = true;
    this.plan(DEAD_AFTER_MS, () => {
      if (this.cut) for (const one of this.hosts) this.setSeen(one, "dead", "silent");
    });
  }

  heal(): void {
    this.cut = false;
    for (const one of this.hosts) this.setSeen(one, "active", "partition-healed");
  }

  setPing(name: string, to: NodeState, seenBy: string): void {
    const from = this.pings[`${seenBy} ${name}`] ?? "init";
    this.pings = { ...this.pings, [`${seenBy} ${name}`]: to };
    this.input(this.host(seenBy), { kind: "node.changed", node: name, from, to, reason: "ping" });
  }

  run(forMs: number): void {
    const untilMs = this.nowMs + forMs;
    for (let round = 0; round < POLL_LIMIT; round += 1) {
      const next = this.planned.toSorted((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
      const deadlines = this.hosts.map((one) => one.machine?.deadline() ?? Infinity);
      const tickMs = Math.max(this.nowMs, Math.min(...deadlines));
      const nextMs = Math.min(next?.atMs ?? Infinity, tickMs);
      if (nextMs > untilMs) {
        this.nowMs = untilMs;
        return;
      }
      this.nowMs = nextMs;
      if (next !== undefined && next.atMs <= tickMs) {
        this.planned.splice(this.planned.indexOf(next), 1);
        next.run();
      } else {
        for (const one of this.hosts) if (this.isDue(one)) this.input(one, { kind: "tick" });
      }
    }
    throw new Error(`The machines never came to rest; at ${this.nowMs} ms.`);
  }

  private isDue(one: Host): boolean {
    return one.machine !== undefined && one.machine.deadline() <= this.nowMs;
  }

  private declareDead(silent: Host, then: () => void): void {
    if (silent.machine === undefined) this.setSeen(silent, "dead", "silent");
    then();
  }

  private host(name: string): Host {
    return this.hosts[0].name === name ? this.hosts[0] : this.hosts[1];
  }

  private other(name: string): Host {
    return this.hosts[0].name === name ? this.hosts[1] : this.hosts[0];
  }

  private setSeen(one: Host, to: NodeState, reason: string): void {
    const from = one.seen;
    one.seen = to;
    one.reason = reason;
    if (from === to) return;
    this.input(this.other(one.name), { kind: "node.changed", node: one.name, from, to, reason });
  }

  private plan(afterMs: number, run: () => void): void {
    this.order += 1;
    this.planned.push({ atMs: this.nowMs + afterMs, order: this.order, run });
  }

  private nodesFor(name: string): readonly NodeView[] {
    const self = this.host(name);
    const other = this.other(name);
    const pings = Object.entries(this.pings).filter(([key]) => key.startsWith(`${name} `));
    return [
      view(name, "normal", self.seen === "dead" ? "active" : self.seen, self.generation),
      view(other.name, "normal", other.seen, other.generation),
      ...pings.map(([key, state]) => view(key.slice(name.length + 1), "ping", state, 0)),
    ];
  }

  private input(to: Host, input: R1Input): void {
    if (to.machine === undefined) return;
    const outputs = to.machine.step(input, this.nodesFor(to.name), this.nowMs);
    for (const output of outputs) this.perform(to, output);
  }

  private perform(from: Host, output: R1Output): void {
    switch (output.kind) {
      case "message.send":
        return this.transmit(from, output.message);
      case "group.start":
      case "group.stop":
        return this.operate(from, output.key, output.kind === "group.start");
      case "fence.request":
        return this.fence(from, output.node);
      case "operator.answered":
        this.answers.push({ node: from.name, id: output.id, ok: output.ok, reason: output.reason });
        return;
      case "released":
        this.released.push(from.name);
        return this.leave(from);
      case "event":
        this.events.push({ ...output.event, node: from.name });
    }
  }

  private leave(from: Host): void {
    const { generation } = from;
    this.plan(0, () => {
      if (from.generation === generation) from.machine = undefined;
    });
    this.plan(DEAD_AFTER_MS, () => {
      if (from.generation === generation) this.setSeen(from, "dead", "silent");
    });
  }

  private transmit(from: Host, message: Message): void {
    from.sequence += 1;
    const text = `${from.name} ${describe(message)}`;
    this.sent.push({ atMs: this.nowMs, text });
    const isLost = this.counted === this.options.lose;
    this.counted += 1;
    if (isLost) this.lostText = text;
    if (isLost || this.cut) return;
    const stamped: Message = {
      fields: [
        ...message.fields,
        { name: "src", type: "string", value: from.name },
        { name: "seq", type: "string", value: from.sequence.toString(16) },
        { name: "hg", type: "string", value: from.generation.toString(16) },
      ],
    };
    const to = this.other(from.name);
    const { generation } = to;
    this.plan(DELAY_MS, () => {
      if (to.generation !== generation) return;
      this.input(to, { kind: "message.delivered", from: from.name, message: stamped });
    });
  }

  private operate(on: Host, key: string, start: boolean): void {
    const { generation } = on;
    this.plan(OPERATION_MS, () => {
      if (on.machine === undefined || on.generation !== generation) return;
      const bad = (start ? this.broken : this.stuck).has(`${on.name} ${key}`);
      if (!bad && start) on.running.add(key);
      if (!bad && !start) on.running.delete(key);
      this.noteDoubles();
      const state = bad ? "failed" : start ? "started" : "stopped";
      this.input(on, { kind: "group.reported", key, state, reason: bad ? "broken on purpose" : "" });
    });
  }

  private fence(by: Host, node: string): void {
    this.plan(OPERATION_MS, () => {
      const ok = this.fenceResults.shift() ?? true;
      if (ok && this.host(node).machine !== undefined) this.kill(node);
      this.input(by, { kind: "fence.reported", node, ok, reason: ok ? "" : "no answer" });
    });
  }

  private noteDoubles(): void {
    for (const { key } of this.groups) {
      const isDouble = this.hosts.every((one) => one.running.has(key));
      const open = this.doubles.find((span) => span.key === key && span.toMs === undefined);
      if (isDouble && open === undefined) this.doubles.push({ key, fromMs: this.nowMs, toMs: undefined });
      if (!isDouble && open !== undefined) open.toMs = this.nowMs;
    }
  }
}
