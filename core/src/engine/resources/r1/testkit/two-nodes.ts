// Two R1 machines, a virtual clock, a network with a delay, and runners that take their time: for tests only.
import type { EngineEvent, GroupSpec, Message, NodeState, NodeView } from "../../../../ports/index.js";
import { createR1, type R1Input, type R1Machine, type R1Output, type R1Request } from "../index.js";
import { Agenda } from "./agenda.js";
import {
  describe,
  group,
  host,
  inTurn,
  isDue,
  stamp,
  trackDoubles,
  view,
  type Double,
  type Host,
  type TwoNodesOptions,
} from "./host.js";
import { SaidAgain } from "./said-again.js";

export interface Sent {
  readonly atMs: number;
  readonly text: string;
}

const DELAYS_MS: readonly number[] = [20];
const OPERATIONS_MS: readonly number[] = [100];
const FENCING_MS = 100;
const FENCE_RETRY_MS = 5000;
/** Becoming active takes a round trip with the peer: what an earlier life was told has arrived by then. */
const ACTIVE_AFTER_MS = 1000;
const DEAD_AFTER_MS = 6000;
const POLL_LIMIT = 20_000;

export class TwoNodes {
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
  readonly doubles: Double[] = [];
  lostText: string | undefined;
  private held: (() => void)[] | undefined;
  private counted = 0;
  private operations = 0;
  private readonly agenda = new Agenda();
  private readonly hosts: readonly [Host, Host] = [host("alpha"), host("bravo")];

  constructor(private readonly options: TwoNodesOptions = {}) {}

  get groups(): readonly GroupSpec[] {
    return this.options.groups ?? [group("web", "alpha"), group("db", "bravo")];
  }

  get nowMs(): number {
    return this.agenda.nowMs;
  }

  machine(name: string): R1Machine {
    const machine = this.host(name).machine;
    if (machine === undefined) throw new Error(`${name} does not run`);
    return machine;
  }

  isUp(name: string): boolean {
    return this.host(name).machine !== undefined;
  }

  running(name: string): readonly string[] {
    return [...this.host(name).running].toSorted();
  }

  /** Messages since a moment, without times, and without reports that are said once more. */
  transcript(sinceMs: number): readonly string[] {
    const again = new Map(this.hosts.map(({ name }) => [name, new SaidAgain()]));
    const first = this.sent.filter(({ atMs, text }) => {
      const [name = "", ...words] = text.split(" ");
      return again.get(name)?.isOne(words.join(" "), atMs) !== true;
    });
    return first.filter(({ atMs }) => atMs >= sinceMs).map(({ text }) => text);
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
      ipfail: false,
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

  request(name: string, id: number, request: R1Request): void {
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

  /** No message passes until `heal`; those of a short cut arrive late, those of a long one never. */
  partition(): void {
    this.held = [];
    const { held } = this;
    this.plan(DEAD_AFTER_MS, () => {
      if (this.held !== held) return;
      held.length = 0;
      for (const one of this.hosts) this.setSeen(one, "dead", "silent");
    });
  }

  heal(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const one of this.hosts) {
      if (one.seen === "dead" && one.machine !== undefined) this.setSeen(one, "active", "partition-healed");
    }
    for (const deliver of held) deliver();
  }

  run(forMs: number): void {
    const untilMs = this.nowMs + forMs;
    for (let round = 0; round < POLL_LIMIT; round += 1) {
      const deadlines = this.hosts.map((one) => one.machine?.deadline() ?? Infinity);
      const tickMs = Math.max(this.nowMs, Math.min(...deadlines));
      const plannedMs = this.agenda.nextMs();
      this.agenda.nowMs = Math.min(plannedMs, tickMs, untilMs);
      if (Math.min(plannedMs, tickMs) > untilMs) return;
      if (plannedMs <= tickMs) this.agenda.runNext();
      else for (const one of this.hosts) if (isDue(one, this.nowMs)) this.input(one, { kind: "tick" });
    }
    throw new Error(`The machines never came to rest; at ${this.nowMs} ms.`);
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
    this.agenda.plan(afterMs, run);
  }

  private nodesFor(name: string): readonly NodeView[] {
    const self = this.host(name);
    const other = this.other(name);
    return [
      view(name, "normal", self.seen === "dead" ? "active" : self.seen, self.generation),
      view(other.name, "normal", other.seen, other.generation),
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
    if (isLost) return;
    const stamped = stamp(message, from);
    const to = this.other(from.name);
    const { generation } = to;
    const sender = from.generation;
    this.plan(inTurn(this.options.delaysMs ?? DELAYS_MS, this.counted), () => {
      // Membership drops what an earlier life of the sender said.
      if (to.generation !== generation || from.generation !== sender) return;
      const deliver = () => this.input(to, { kind: "message.delivered", from: from.name, message: stamped });
      if (this.held === undefined) deliver();
      else if (to.seen !== "dead") this.held.push(deliver);
    });
  }

  private operate(on: Host, key: string, start: boolean): void {
    const { generation } = on;
    this.operations += 1;
    this.plan(inTurn(this.options.operationsMs ?? OPERATIONS_MS, this.operations), () => {
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
    this.plan(FENCING_MS, () => {
      const ok = this.fenceResults.shift() ?? true;
      if (ok && this.host(node).machine !== undefined) this.kill(node);
      this.input(by, { kind: "fence.reported", node, ok, reason: ok ? "" : "no answer" });
      if (!ok) this.plan(FENCE_RETRY_MS, () => this.fence(by, node));
    });
  }

  private noteDoubles(): void {
    const keys = this.groups.map((group) => group.key);
    trackDoubles(this.doubles, keys, this.hosts, this.nowMs);
  }
}
