// A bench for the model's own tests: a few machines, a network that loses and cuts, agents that do as they are told.
import type { ClusterView, Engine, EngineEffect, EngineInput } from "@systole/core/engine";
import {
  textField,
  type GroupSpec,
  type Message,
  type OperationResult,
  type ResourceAction,
} from "@systole/core/ports";
import { NODES } from "./captured-set-up.js";

export interface Machine extends Pick<Engine, "step" | "deadline"> {
  view(): ClusterView;
  historySize?(): number;
}

export interface Birth {
  readonly self: string;
  readonly generation: number;
  readonly restored: unknown;
  readonly seed: number;
}

interface Node {
  readonly name: string;
  machine: Machine;
  life: number;
  generation: number;
  alive: boolean;
  frozen: boolean;
  persisted: unknown;
  readonly running: Set<string>;
  inbox: EngineInput[];
}

export class SmallCluster {
  nowMs = 0;
  loss = 0;
  /** How long a message takes at least; a real heartbeat reads it up to half a second later. */
  delayMs = 0.2;
  statusMs = 5;
  readonly nodes = new Map<string, Node>();
  /** Directed pairs `from>to`. */
  readonly cuts = new Set<string>();
  readonly said: { readonly atMs: number; readonly from: string; readonly message: Message }[] = [];
  readonly operations: string[] = [];
  readonly events: { readonly node: string; readonly name: string }[] = [];
  readonly answers: string[] = [];
  /** What an agent answers: by `node resource action`. */
  readonly failures = new Map<string, OperationResult>();
  /** The next attempt to fence fails. */
  brokenSwitch = false;
  readonly random: () => number;
  private readonly arrivals = new Map<string, number>();
  private queue: { readonly atMs: number; readonly run: () => void }[] = [];
  private ids = 0;

  constructor(
    seed: number,
    private readonly make: (birth: Birth) => Machine,
    private readonly names: readonly string[] = NODES,
  ) {
    let state = Math.imul(seed + 1, 2_654_435_761) >>> 0;
    this.random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 4_294_967_296;
    };
  }

  start(name: string): void {
    const former = this.nodes.get(name);
    const generation = (former?.generation ?? 0x6b03_0994) + 1;
    const seed = Math.floor(this.random() * 2 ** 32);
    const node: Node = {
      name,
      machine: this.make({ self: name, generation, restored: former?.persisted, seed }),
      life: (former?.life ?? 0) + 1,
      generation,
      alive: true,
      frozen: false,
      persisted: former?.persisted,
      running: former?.running ?? new Set(),
      inbox: [],
    };
    this.nodes.set(name, node);
    this.step(node, { kind: "tick" });
  }

  /** The machine dies, with all that runs on it. */
  kill(name: string): void {
    const node = this.node(name);
    node.alive = false;
    node.running.clear();
  }

  freeze(name: string): void {
    this.node(name).frozen = true;
  }

  thaw(name: string): void {
    const node = this.node(name);
    node.frozen = false;
    const { inbox } = node;
    node.inbox = [];
    this.step(node, { kind: "tick" });
    for (const input of inbox) this.step(node, input);
  }

  cut(): void {
    for (const from of this.names)
      for (const to of this.names) if (from !== to) this.cuts.add(`${from}>${to}`);
  }

  ask(name: string, request: Extract<EngineInput, { kind: "operator.requested" }>["request"]): void {
    this.step(this.node(name), { kind: "operator.requested", id: (this.ids += 1), request });
  }

  run(durationMs: number): void {
    const untilMs = this.nowMs + durationMs;
    for (;;) {
      const nextMs = this.nextAtMs();
      if (nextMs > untilMs) break;
      this.nowMs = Math.max(this.nowMs, nextMs);
      const due = this.queue.filter(({ atMs }) => atMs <= this.nowMs);
      this.queue = this.queue.filter(({ atMs }) => atMs > this.nowMs);
      for (const { run } of due.toSorted((left, right) => left.atMs - right.atMs)) run();
      for (const node of this.awake())
        if (node.machine.deadline() <= this.nowMs) this.step(node, { kind: "tick" });
    }
    this.nowMs = untilMs;
  }

  until(condition: () => boolean, limitMs: number, what: string): number {
    const startedMs = this.nowMs;
    while (!condition()) {
      if (this.nowMs - startedMs > limitMs)
        throw new Error(`not within ${limitMs} ms: ${what}\n${this.story()}`);
      this.run(50);
    }
    return this.nowMs - startedMs;
  }

  /** Nodes on which all resources of a group run; and whether a part of it runs elsewhere. */
  holders(group: GroupSpec): readonly string[] {
    const nodes = [...this.nodes.values()].filter(({ running }) =>
      group.resources.some(({ name }) => running.has(name)),
    );
    return nodes.map(({ name, running }) =>
      group.resources.every((resource) => running.has(resource.name)) ? name : `part on ${name}`,
    );
  }

  view(name: string): ClusterView {
    return this.node(name).machine.view();
  }

  history(name: string): number {
    return this.node(name).machine.historySize?.() ?? 0;
  }

  calm(): boolean {
    return [...this.nodes.values()].every(({ alive, machine }) => !alive || machine.view().stable);
  }

  alive(name: string): boolean {
    return this.nodes.get(name)?.alive === true;
  }

  /** What was said without the noise, as lines. */
  story(sinceMs = 0): string {
    const quiet = new Set(["NS_ackmsg", "NS_rexmit", "status"]);
    return this.said
      .filter(({ atMs, message }) => atMs >= sinceMs && !quiet.has(textField(message, "t") ?? ""))
      .map(({ atMs, from, message }) => `${(atMs / 1000).toFixed(2)} ${from} ${line(message)}`)
      .join("\n");
  }

  private node(name: string): Node {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  }

  private awake(): readonly Node[] {
    return [...this.nodes.values()].filter(({ alive, frozen }) => alive && !frozen);
  }

  private nextAtMs(): number {
    const timers = this.awake().map(({ machine }) => machine.deadline());
    return Math.min(Number.POSITIVE_INFINITY, ...timers, ...this.queue.map(({ atMs }) => atMs));
  }

  private later(delayMs: number, run: () => void): void {
    this.queue.push({ atMs: this.nowMs + delayMs, run });
  }

  private step(node: Node, input: EngineInput): void {
    if (!node.alive) return;
    if (node.frozen) return void node.inbox.push(input);
    const effects = node.machine.step(input, this.nowMs, 1_795_361_171_000 + this.nowMs);
    for (const effect of effects) this.perform(node, effect);
  }

  private perform(node: Node, effect: EngineEffect): void {
    switch (effect.kind) {
      case "frame.send":
        return this.transmit(node.name, effect.message);
      case "agent.run":
        return this.operate(node, effect.id, effect.resource, effect.action);
      case "fence.request":
        return this.fence(node, effect.id, effect.node);
      case "state.persist":
        node.persisted = effect.state;
        return;
      case "operator.answered":
        this.answers.push(effect.reason);
        return;
      case "event":
        this.events.push({ node: node.name, name: effect.event.name });
        return;
      case "left":
        node.alive = false;
        if (!effect.clean) node.running.clear();
        return;
      case "halt":
        throw new Error(`${node.name} halted: ${effect.violations.join("; ")}`);
      default:
        return;
    }
  }

  private transmit(from: string, message: Message): void {
    this.said.push({ atMs: this.nowMs, from, message });
    for (const to of this.names) {
      if (to === from || this.cuts.has(`${from}>${to}`) || this.random() < this.loss) continue;
      // A link does not change the order; what is lost and sent again does.
      const link = `${from}>${to}`;
      const atMs = Math.max(this.nowMs + this.delayMs + this.random() * 0.3, this.arrivals.get(link) ?? 0);
      this.arrivals.set(link, atMs);
      this.later(atMs - this.nowMs, () => {
        const receiver = this.nodes.get(to);
        if (receiver !== undefined) this.step(receiver, { kind: "frame.received", link: "eth0", message });
      });
    }
  }

  private operate(node: Node, id: number, resource: string, action: ResourceAction): void {
    this.operations.push(`${node.name} ${action} ${resource}`);
    const { life } = node;
    this.later(action === "status" ? this.statusMs : 30, () => {
      const now = this.nodes.get(node.name);
      if (now?.life !== life || !now.alive) return;
      const failure = this.failures.get(`${node.name} ${resource} ${action}`);
      if (failure === undefined && action === "start") node.running.add(resource);
      if (failure === undefined && action === "stop") node.running.delete(resource);
      const state = node.running.has(resource) ? "running" : "stopped";
      this.step(now, { kind: "agent.reported", id, result: failure ?? { ok: true, state } });
    });
  }

  private fence(by: Node, id: number, victim: string): void {
    this.later(200, () => {
      if (this.brokenSwitch) {
        this.brokenSwitch = false;
        const result = { ok: false, kind: "error", reason: "no answer" } as const;
        return this.step(by, { kind: "fence.reported", id, result });
      }
      if (this.nodes.has(victim)) this.kill(victim);
      this.step(by, { kind: "fence.reported", id, result: { ok: true } });
    });
  }
}

/** A message in a line: what it says, without what every message carries. */
export function line(message: Message): string {
  const common = new Set([
    "src",
    "srcuuid",
    "destuuid",
    "seq",
    "hg",
    "ts",
    "ld",
    "ttl",
    "auth",
    "protocol",
    "dt",
  ]);
  return message.fields
    .filter(({ name }) => !common.has(name))
    .map(({ name, value }) => (name === "t" ? String(value) : `${name}=${String(value)}`))
    .join(" ");
}
