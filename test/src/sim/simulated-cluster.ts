// Whole clusters in one thread on a virtual clock: N engines, a network that delays, loses and cuts, and agents that
// take their time and fail on demand. One seed decides everything.
import type { Engine, EngineEffect } from "@systole/core/engine";
import type {
  Message,
  OperationResult,
  OperatorRequest,
  QuorumAnswer,
  QuorumQuestion,
  ResourceAction,
  SelfObserved,
} from "@systole/core/ports";
import { outcomeOf, type SwitchBehaviour } from "./simulated-fencing.js";
import { nodesOf, simulatedEngine, type SimOptions } from "./simulated-engine.js";
import { outcome, withoutReport, type Observed, type SimNode } from "./simulated-node.js";

export { DEAD_MS, KEEPALIVE_MS, type SimOptions } from "./simulated-engine.js";

export class SimulatedCluster {
  nowMs = 0;
  readonly nodes = new Map<string, SimNode>();
  readonly events: Observed[] = [];
  readonly operations: string[] = [];
  readonly answers = new Map<number, { ok: boolean; reason: string }>();
  readonly left = new Map<string, boolean>();
  /** Directed pairs `from>to` that are cut; ping nodes count as ends. */
  readonly cuts = new Set<string>();
  /** Chance that a frame is lost. */
  loss = 0;
  /** What an agent answers: by `node resource action`. */
  readonly failures = new Map<string, OperationResult>();
  /** How the power switch of a node behaves; one that is not named works. */
  readonly switches = new Map<string, SwitchBehaviour>();
  operationMs = 10;
  private queue: { readonly atMs: number; readonly order: number; readonly run: () => void }[] = [];
  private order = 0;
  random: () => number;
  private requestId = 0;

  constructor(private readonly options: SimOptions = {}) {
    let state = (options.seed ?? 1) >>> 0;
    this.random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 4_294_967_296;
    };
  }

  get names(): readonly string[] {
    return nodesOf(this.options);
  }

  start(name: string): void {
    const former = this.nodes.get(name);
    const generation = (former?.generation ?? 0) + 1;
    const node: SimNode = {
      name,
      engine: simulatedEngine({
        self: name,
        generation,
        restored: former?.persisted,
        seed: Math.floor(this.random() * 2 ** 32),
        options: this.options,
      }),
      alive: true,
      frozen: false,
      generation,
      persisted: former?.persisted,
      running: former?.running ?? new Set(),
      operations: new Map(),
      inbox: [],
    };
    this.nodes.set(name, node);
    this.left.delete(name);
    this.step(node, { kind: "tick" });
  }

  /** The daemon dies; what it ran stays, as after kill -9. With `resourcesToo`, the machine dies. */
  kill(name: string, resourcesToo = false): void {
    const node = this.node(name);
    node.alive = false;
    if (resourcesToo) node.running.clear();
  }

  /** A resource ends by itself. */
  crash(name: string, resource = "nginx"): void {
    this.node(name).running.delete(resource);
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
    for (const run of inbox) run();
  }

  cut(left: string, right: string): void {
    this.cuts.add(`${left}>${right}`).add(`${right}>${left}`);
  }

  /** Nobody hears it, ping nodes included, and it hears nobody. */
  isolate(name: string): void {
    for (const other of [...this.names, ...(this.options.pingNodes ?? [])])
      if (other !== name) this.cut(name, other);
  }

  heal(): void {
    this.cuts.clear();
  }

  /** What the node's host sees of itself. */
  observe(name: string, observed: SelfObserved): void {
    this.step(this.node(name), { kind: "self.observed", observed });
  }

  request(name: string, kind: "standby" | "takeover", set: "all" | "local" | "foreign" = "all"): number {
    return this.ask(name, { kind, set });
  }

  cleanup(name: string, of?: string): number {
    return this.ask(name, { kind: "cleanup", ...(of !== undefined && { name: of }) });
  }

  /** `systole fence NODE` or `systole fence confirm NODE` on `name`. */
  fenceBy(name: string, kind: "fence" | "fence-confirm", node: string): number {
    return this.ask(name, { kind, node });
  }

  stop(name: string): void {
    this.ask(name, { kind: "stop" });
  }

  private ask(name: string, request: OperatorRequest): number {
    const id = (this.requestId += 1);
    this.step(this.node(name), { kind: "operator.requested", id, request });
    return id;
  }

  run(durationMs: number, check?: () => void): void {
    const untilMs = this.nowMs + durationMs;
    for (;;) {
      const next = this.nextAtMs();
      if (next > untilMs) break;
      this.nowMs = Math.max(this.nowMs, next);
      this.runDue();
      check?.();
    }
    this.nowMs = untilMs;
  }

  /** Runs until `condition` holds; throws when it does not within `limitMs`. */
  until(condition: () => boolean, limitMs: number, what: string): number {
    const startedMs = this.nowMs;
    while (!condition()) {
      if (this.nowMs - startedMs > limitMs) throw new Error(`not within ${limitMs} ms: ${what}`);
      this.run(1);
    }
    return this.nowMs - startedMs;
  }

  /** Nodes whose daemon lives, is not frozen, and runs a resource: what only the daemon's own death leaves behind is not counted. */
  serving(resource = "nginx"): readonly string[] {
    const awake = [...this.nodes.values()].filter(({ alive, frozen }) => alive && !frozen);
    return awake.filter(({ running }) => running.has(resource)).map(({ name }) => name);
  }

  /** Nodes on which a resource runs, dead daemons included. */
  holders(resource = "nginx"): readonly string[] {
    return [...this.nodes.values()].filter((node) => node.running.has(resource)).map((node) => node.name);
  }

  view(name: string): ReturnType<Engine["view"]> {
    return this.node(name).engine.view();
  }

  stable(): boolean {
    return [...this.nodes.values()].filter((node) => node.alive).every((node) => node.engine.view().stable);
  }

  private node(name: string): SimNode {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  }

  private nextAtMs(): number {
    const timers = [...this.nodes.values()]
      .filter((node) => node.alive && !node.frozen)
      .map((node) => node.engine.deadline());
    return Math.min(Number.POSITIVE_INFINITY, ...timers, ...this.queue.map((entry) => entry.atMs));
  }

  private runDue(): void {
    const due = this.queue.filter((entry) => entry.atMs <= this.nowMs);
    this.queue = this.queue.filter((entry) => entry.atMs > this.nowMs);
    for (const entry of due.toSorted((left, right) => left.atMs - right.atMs || left.order - right.order))
      entry.run();
    for (const node of this.nodes.values()) {
      if (node.alive && !node.frozen && node.engine.deadline() <= this.nowMs)
        this.step(node, { kind: "tick" });
    }
  }

  later(delayMs: number, run: () => void): void {
    this.queue.push({ atMs: this.nowMs + delayMs, order: (this.order += 1), run });
  }

  private step(node: SimNode, input: Parameters<Engine["step"]>[0]): void {
    if (!node.alive) return;
    if (node.frozen) {
      node.inbox.push(() => this.step(node, input));
      return;
    }
    for (const effect of node.engine.step(input, this.nowMs, 1_700_000_000_000 + this.nowMs))
      this.perform(node, effect);
  }

  private perform(node: SimNode, effect: EngineEffect): void {
    switch (effect.kind) {
      case "frame.send":
        return this.transmit(node, effect.message, effect.links);
      case "agent.run":
        return this.operate(node, effect.id, effect.resource, effect.action);
      case "agent.cancel":
      case "happened":
        return;
      case "state.persist":
        node.persisted = effect.state;
        return;
      case "operator.answered":
        this.answers.set(effect.id, { ok: effect.ok, reason: effect.reason });
        return;
      case "event":
        this.events.push({ atMs: this.nowMs, node: node.name, event: effect.event });
        return;
      case "left":
        node.alive = false;
        this.left.set(node.name, effect.clean);
        return;
      case "quorum.ask":
        return this.askQuorum(node, effect.id, effect.question);
      case "fence.request":
        this.fence(node, effect.id, effect.node);
        return;
      case "halt":
        throw new Error(`${node.name} halted: ${effect.violations.join("; ")}`);
    }
  }

  private askQuorum(node: SimNode, id: number, question: QuorumQuestion): void {
    const report = (answer: QuorumAnswer): void =>
      this.step(node, { kind: "quorum.reported", id, answers: [{ name: "simulated", answer }] });
    this.options.witness?.ask(question, this, report);
    const answer = this.options.quorum?.(question, this.nowMs);
    if (answer !== undefined) this.later(5, () => report(answer));
  }

  private fence(by: SimNode, id: number, victim: string): void {
    const { afterMs, ends, result } = outcomeOf(this.switches.get(victim) ?? "works");
    const { generation } = by;
    this.later(afterMs, () => {
      if (ends && this.nodes.has(victim)) this.kill(victim, true);
      if (this.nodes.get(by.name)?.generation === generation)
        this.step(by, { kind: "fence.reported", id, result });
    });
  }

  private transmit(from: SimNode, said: Message, links: readonly string[] | undefined): void {
    const message = this.options.asHeartbeats === true ? withoutReport(said) : said;
    for (const link of links ?? ["eth0"]) {
      const ends = link === "eth0" ? this.names.filter((name) => name !== from.name) : [link];
      for (const end of ends) {
        if (this.cuts.has(`${from.name}>${end}`) || this.random() < this.loss) continue;
        const target = link === "eth0" ? end : from.name;
        this.later(0.2 + this.random() * 0.3, () => {
          const receiver = this.nodes.get(target);
          if (receiver !== undefined) this.step(receiver, { kind: "frame.received", link, message });
        });
      }
    }
  }

  private operate(node: SimNode, id: number, resource: string, action: ResourceAction): void {
    this.operations.push(`${node.name} ${action} ${resource}`);
    const { generation } = node;
    this.later(action === "announce" || action === "status" ? 1 : this.operationMs, () => {
      if (this.nodes.get(node.name)?.generation !== generation || !node.alive) return;
      const result =
        this.failures.get(`${node.name} ${resource} ${action}`) ??
        outcome(node, resource, action, this.holders(resource));
      this.step(node, { kind: "agent.reported", id, result });
    });
  }
}
