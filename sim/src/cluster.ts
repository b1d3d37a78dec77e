// Whole clusters in one thread on a virtual clock: engines and frames as they are, in a world that takes its time and fails on
// demand. One seed decides everything.
import type { ClusterView, EngineInput } from "@systole/core/engine";
import type { NodeRequest, OperatorRequest, ResourceAction, SelfObserved } from "@systole/core/ports";
import { Chronicle } from "./chronicle.js";
import { Daemons } from "./daemons.js";
import type { AgentTrouble } from "./deeds.js";
import { guardIsDue, takeAddresses, watchOver } from "./guard.js";
import { SIM_LIMITS } from "./limits.js";
import { FAIR, Network } from "./network.js";
import { SimNode } from "./node.js";
import type { ClusterPlan } from "./plan.js";
import type { SwitchBehaviour } from "./power.js";
import { Random } from "./random.js";
import { Timeline } from "./timeline.js";

/** In the network's cuts: those whom the cluster serves. */
export const USERS = "users";

export class SimulatedCluster extends Chronicle {
  /** Those that were started. */
  readonly nodes = new Map<string, SimNode>();
  readonly network: Network;
  /** What an agent answers, or how else it fails: by `node resource action`. */
  readonly failures = new Map<string, AgentTrouble>();
  /** How the power switch of a node behaves; one that is not named works. */
  readonly switches = new Map<string, SwitchBehaviour>();
  /** Resources for which a host answers that is no node of the cluster. */
  readonly squatted = new Set<string>();
  operationMs = 10;
  /** How long it takes to look whether a resource runs. */
  lookMs = 1;
  private readonly timeline = new Timeline();
  private readonly chance: Random;
  private readonly daemons: Daemons;
  private requestId = 0;

  constructor(
    readonly plan: ClusterPlan,
    seed: number,
  ) {
    super();
    this.chance = new Random(seed);
    this.daemons = new Daemons(this, this.timeline, this.chance);
    this.network = new Network({
      timeline: this.timeline,
      random: this.chance,
      nowMs: () => this.nowMs,
      nodes: this.names,
      inOrder: plan.inOrder === true,
      deliver: (to, carrier, frame) => this.daemons.deliver(to, carrier, frame),
    });
  }

  get names(): readonly string[] {
    return this.plan.nodes.map(({ name }) => name);
  }

  /** Directed pairs `from>to`; see `Network.cuts`. */
  get cuts(): Set<string> {
    return this.network.cuts;
  }

  get loss(): number {
    return this.network.weather.loss;
  }

  set loss(loss: number) {
    this.network.weather = { ...this.network.weather, loss };
  }

  random(): number {
    return this.chance.next();
  }

  start(name: string): void {
    const plan = this.plan.nodes.find((one) => one.name === name);
    if (plan === undefined) throw new Error(`no node ${name}; there are ${this.names.join(", ")}`);
    const node = this.nodes.get(name) ?? new SimNode(plan);
    this.nodes.set(name, node);
    node.begin(this.chance.seed(), this.nowMs);
    this.left.delete(name);
    this.lived(node, "begins");
    watchOver(this, node);
    this.offer(node, { kind: "tick" });
  }

  /** The daemon dies; what it ran stays, as after kill -9. With `resourcesToo`, the machine loses its power. */
  kill(name: string, resourcesToo = false): void {
    const node = this.node(name);
    node.alive = false;
    if (resourcesToo) {
      node.powered = false;
      node.running.clear();
    } else takeAddresses(this.plan, node);
    this.lived(node, resourcesToo ? "power-off" : "killed");
  }

  /** A resource ends by itself. */
  crash(name: string, resource = "nginx"): void {
    this.node(name).running.delete(resource);
  }

  /** The machine stands still: daemon, agents, guard. Nobody is answered there. */
  freeze(name: string): void {
    this.node(name).frozen = true;
    this.node(name).paused = true;
  }

  /** The daemon stands still, as after SIGSTOP; what it runs goes on. */
  hang(name: string): void {
    this.node(name).frozen = true;
  }

  thaw(name: string): void {
    const node = this.node(name);
    node.frozen = false;
    node.paused = false;
    if (guardIsDue(this.plan, node, this.nowMs)) takeAddresses(this.plan, node);
    const inbox = node.takeInbox();
    this.daemons.step(node, { kind: "tick" });
    for (const run of inbox) run();
  }

  cut(left: string, right: string): void {
    this.network.cut(left, right);
  }

  /** Nobody hears it, ping nodes, witnesses and users included, and it hears nobody. */
  isolate(name: string): void {
    const probes = this.plan.nodes.flatMap(({ carriers }) =>
      carriers.flatMap(({ supports }) => supports.probe ?? []),
    );
    for (const other of new Set([...this.names, ...probes, ...this.plan.quorums.keys(), USERS]))
      if (other !== name) this.cut(name, other);
  }

  heal(): void {
    this.network.cuts.clear();
    this.network.weather = FAIR;
  }

  /** What the node's host sees of itself. */
  observe(name: string, observed: SelfObserved): void {
    this.offer(this.node(name), { kind: "self.observed", observed });
  }

  request(name: string, kind: "standby" | "takeover", set: "all" | "local" | "foreign" = "all"): number {
    return this.ask(name, { kind, set });
  }

  /** `systole move GROUP [TO]` on `name`. */
  move(name: string, group: string, to?: string): number {
    return this.ask(name, { kind: "move", group, ...(to !== undefined && { to }) });
  }

  /** `systole restart RESOURCE` on `name`. */
  restart(name: string, resource: string): number {
    return this.ask(name, { kind: "restart", name: resource });
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

  /** `hb_addnode` and its like on `name`. */
  edit(name: string, request: NodeRequest): number {
    const id = (this.requestId += 1);
    this.offer(this.node(name), { kind: "nodes.edit", id, request });
    return id;
  }

  private ask(name: string, request: OperatorRequest): number {
    const id = (this.requestId += 1);
    this.offer(this.node(name), { kind: "operator.requested", id, request });
    return id;
  }

  run(durationMs: number, check?: () => void): void {
    const untilMs = this.nowMs + durationMs;
    let stepsHere = 0;
    for (let next = this.daemons.nextAtMs(); next <= untilMs; next = this.daemons.nextAtMs()) {
      stepsHere = next > this.nowMs ? 0 : stepsHere + 1;
      if (stepsHere > SIM_LIMITS.stepsAtOneMoment || this.timeline.size > SIM_LIMITS.pending)
        throw new Error(`at ${Math.round(this.nowMs)} ms something runs away`);
      this.nowMs = Math.max(this.nowMs, next);
      this.daemons.runDue();
      for (const observer of this.observers) observer.moment?.(this.nowMs);
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

  /** Nodes on which a resource runs, dead daemons and machines that stand still included. */
  holders(resource = "nginx"): readonly string[] {
    return [...this.nodes.values()].filter((node) => node.running.has(resource)).map((node) => node.name);
  }

  view(name: string): ClusterView {
    return this.node(name).engine.view();
  }

  stable(): boolean {
    return [...this.nodes.values()].filter((node) => node.alive).every((node) => node.engine.view().stable);
  }

  node(name: string): SimNode {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`no node ${name} was started`);
    return node;
  }

  later(delayMs: number, run: () => void): void {
    this.timeline.at(this.nowMs + delayMs, run);
  }

  /** What hinders an agent; undefined: nothing. */
  troubleOf(node: string, resource: string, action: ResourceAction): AgentTrouble | undefined {
    return this.failures.size === 0 ? undefined : this.failures.get(`${node} ${resource} ${action}`);
  }

  /** After a goodbye. */
  leave(node: SimNode, clean: boolean): void {
    node.alive = false;
    this.left.set(node.name, clean);
    this.lived(node, "left");
    takeAddresses(this.plan, node);
    if (!clean && node.plan.isHeartbeat === true) this.kill(node.name, true);
  }

  halt(node: SimNode, violations: readonly string[]): void {
    throw new Error(`${node.name} halted: ${violations.join("; ")}`);
  }

  /** An input for a node, when it can attend to it. */
  offer(node: SimNode, input: EngineInput): void {
    this.daemons.offer(node, input);
  }
}
