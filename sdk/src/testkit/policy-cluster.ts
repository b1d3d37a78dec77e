// Several machines of one resource policy over a membership that is told by the contract, with resources that are entries
// of a set: what the policy says to its peers is its own affair, what runs where is judged.
import {
  textMessage,
  type FenceResult,
  type GroupSpec,
  type Message,
  type NodeState,
  type NodeView,
  type OperationResult,
  type OperatorRequest,
  type PolicyInit,
  type PolicyInput,
  type PolicyMachine,
  type PolicyOutput,
  type ResourcePolicy,
} from "@systole/core/ports";
import { expectEqual, expectThat } from "./expectations.js";
import { deepFrozen } from "./plain-data.js";

/** Long enough for a policy to come to rest after anything, a time-out excepted. */
export const REST_MS = 20_000;
const KEEPALIVE_MS = 500;
const DELAY_MS = 5;
const OPERATION_MS = 20;
/** A node is there before it takes part. */
const JOINING_MS = 1000;
const MAX_STEPS_AT_ONCE = 500;

export const GROUP: GroupSpec = {
  key: "10.0.0.1",
  home: "master",
  resources: [
    { name: "10.0.0.1", agent: "ipaddr" },
    { name: "nginx", agent: "nginx" },
  ],
};

interface Node {
  readonly machine: PolicyMachine;
  /** When it takes part. */
  readonly activeAtMs: number;
  readonly outputs: PolicyOutput[];
  published: Readonly<Record<string, string>>;
}

interface Event {
  readonly atMs: number;
  readonly node: string;
  readonly input: PolicyInput;
}

export class PolicyCluster {
  nowMs = 10_000;
  /** What ran and stopped, in order: `+master nginx`, `-master nginx`. */
  readonly log: string[] = [];
  /** How long an agent takes. */
  operationMs = OPERATION_MS;
  /** Starts that were asked for, successful or not. */
  starts = 0;
  /** Nodes that were asked to be fenced. */
  readonly fenced: string[] = [];
  /** What the fence device answers; undefined: nothing, for ever. */
  fence: FenceResult | undefined = { ok: true };
  /** What an agent answers instead of doing its work: by `node action resource`. */
  readonly failures = new Map<string, OperationResult>();
  readonly nodes = new Map<string, Node>();
  readonly running = new Map<string, Set<string>>();
  readonly #policy: ResourcePolicy;
  readonly #init: Partial<PolicyInit>;
  readonly #names = ["master", "cluster1"];
  #events: Event[] = [];
  #saidMs = 0;
  #stepsAtOnce = 0;

  constructor(policy: ResourcePolicy, init: Partial<PolicyInit> = {}) {
    this.#policy = policy;
    this.#init = init;
    for (const name of this.#names) this.join(name);
  }

  /** A node joins, with nothing running on it. */
  join(name: string): void {
    const machine = this.#policy.create({
      self: name,
      nodes: this.#names,
      groups: [GROUP],
      failback: "on",
      ipfail: false,
      keepaliveMs: KEEPALIVE_MS,
      operationTimeoutMs: {
        start: 5000,
        stop: 5000,
        status: 5000,
        announce: 5000,
        warm: 5000,
        elsewhere: 5000,
      },
      requestTimeoutMs: 15_000,
      fencing: false,
      ...this.#init,
    });
    this.nodes.set(name, { machine, activeAtMs: this.nowMs + JOINING_MS, outputs: [], published: {} });
    this.running.set(name, new Set());
    for (const about of this.nodes.keys()) this.#joins(name, about, "init");
    for (const of of this.nodes.keys()) if (of !== name) this.#joins(of, name, "dead");
  }

  /** The node is gone, and all that ran on it. */
  kill(name: string): void {
    this.nodes.delete(name);
    this.running.get(name)?.clear();
    this.#events = this.#events.filter((event) => event.node !== name);
    for (const of of this.nodes.keys()) this.#changed(of, name, "active", "dead", "silent");
  }

  request(node: string, request: OperatorRequest, id = 1): void {
    this.step(node, { kind: "operator.requested", id, request });
  }

  /** The answer to an operator's request. */
  answer(node: string, id = 1) {
    return this.outputs(node, "operator.answered").find((output) => output.id === id);
  }

  outputs<Kind extends PolicyOutput["kind"]>(of: string, kind: Kind) {
    return this.node(of).outputs.filter(
      (output): output is Extract<PolicyOutput, { readonly kind: Kind }> => output.kind === kind,
    );
  }

  view(of: string) {
    return this.node(of).machine.view(this.#views(of));
  }

  node(name: string): Node {
    const node = this.nodes.get(name);
    expectThat(node !== undefined, `${name} is not running`);
    return node;
  }

  /** What runs on a node, in the order in which it was started. */
  runs(name: string): readonly string[] {
    return [...(this.running.get(name) ?? [])];
  }

  step(name: string, input: PolicyInput): void {
    this.#stepsAtOnce += 1;
    expectThat(
      this.#stepsAtOnce < MAX_STEPS_AT_ONCE,
      `${name} runs in a circle: its deadline does not move on`,
    );
    const node = this.node(name);
    for (const output of node.machine.step(deepFrozen(input), this.#views(name), this.nowMs)) {
      node.outputs.push(output);
      this.#perform(name, node, output);
    }
    expectEqual(node.machine.violations(), [], `what ${name} says is wrong inside`);
  }

  /** Moves time on; a machine is stepped when something happens to it and at its deadline. */
  run(forMs: number): void {
    const untilMs = this.nowMs + forMs;
    for (let atMs = this.#nextMs(); atMs <= untilMs; atMs = this.#nextMs()) {
      if (atMs > this.nowMs) this.#stepsAtOnce = 0;
      this.nowMs = Math.max(this.nowMs, atMs);
      if (this.nowMs >= this.#saidMs + KEEPALIVE_MS) this.#sayStatus();
      const due = this.#events.filter((event) => event.atMs <= this.nowMs);
      this.#events = this.#events.filter((event) => event.atMs > this.nowMs);
      for (const { node, input } of due) if (this.nodes.has(node)) this.step(node, input);
      for (const [name, { machine }] of this.nodes)
        if (machine.deadline() <= this.nowMs) this.step(name, { kind: "tick" });
    }
    this.nowMs = untilMs;
    this.#stepsAtOnce = 0;
  }

  #perform(name: string, node: Node, output: PolicyOutput): void {
    switch (output.kind) {
      case "agent.run":
        return this.#operate(name, output);
      case "publish":
        node.published = output.fields;
        return this.#tell(name, (message) => ({ kind: "status.heard", from: name, message }), statusOf(node));
      case "message.send":
        return this.#tell(
          name,
          (message) => ({ kind: "message.delivered", from: name, message }),
          output.message,
          output.to,
        );
      case "fence.request":
        this.fenced.push(output.node);
        if (this.fence !== undefined)
          this.#later(name, { kind: "fence.reported", id: output.id, result: this.fence }, OPERATION_MS);
        return;
      default:
        return;
    }
  }

  #operate(
    name: string,
    { id, resource, action }: Extract<PolicyOutput, { readonly kind: "agent.run" }>,
  ): void {
    const running = this.running.get(name) ?? new Set<string>();
    const failure = this.failures.get(`${name} ${action} ${resource}`);
    if (action === "start") this.starts += 1;
    if (failure === undefined && action === "start") {
      const other = this.#names.find((one) => one !== name && this.running.get(one)?.has(resource));
      expectThat(other === undefined, `${resource} was started on ${name} while it runs on ${other}`);
      if (!running.has(resource)) this.log.push(`+${name} ${resource}`);
      running.add(resource);
    }
    if (failure === undefined && action === "stop" && running.delete(resource))
      this.log.push(`-${name} ${resource}`);
    const state = running.has(resource) ? "running" : "stopped";
    this.#later(
      name,
      { kind: "agent.reported", id, result: failure ?? { ok: true, state } },
      this.operationMs,
    );
  }

  #tell(from: string, input: (message: Message) => PolicyInput, message: Message, to?: string): void {
    for (const name of this.nodes.keys())
      if (name !== from && (to === undefined || to === name)) this.#later(name, input(message), DELAY_MS);
  }

  #sayStatus(): void {
    this.#saidMs = this.nowMs;
    for (const [name, node] of this.nodes)
      this.#tell(name, (message) => ({ kind: "status.heard", from: name, message }), statusOf(node));
  }

  #later(node: string, input: PolicyInput, inMs: number): void {
    this.#events.push({ atMs: this.nowMs + inMs, node, input });
  }

  /** As `of` sees it: the node is there, and takes part when it has joined. */
  #joins(of: string, node: string, from: NodeState): void {
    const activeInMs = this.node(node).activeAtMs - this.nowMs;
    this.#changed(of, node, from, "up", "started");
    this.#changed(of, node, "up", "active", "joined", Math.max(0, activeInMs));
  }

  #changed(of: string, node: string, from: NodeState, to: NodeState, reason: string, inMs = 0): void {
    this.#later(of, { kind: "node.changed", node, from, to, reason }, inMs);
  }

  #views(of: string): readonly NodeView[] {
    return [of, ...this.#names.filter((name) => name !== of)].map((name) => ({
      name,
      kind: "normal",
      state: this.#stateOf(name),
      reason: this.nodes.has(name) ? "joined" : "silent",
      generation: 1,
      dialect: "systole",
      links: [{ name: "eth0", state: this.nodes.has(name) ? "up" : "dead" }],
      heardAtMs: this.nowMs,
    }));
  }

  #stateOf(name: string): NodeState {
    const node = this.nodes.get(name);
    if (node === undefined) return "dead";
    return this.nowMs >= node.activeAtMs ? "active" : "up";
  }

  #nextMs(): number {
    const deadlines = [...this.nodes.values()].map(({ machine }) => machine.deadline());
    return Math.min(this.#saidMs + KEEPALIVE_MS, ...deadlines, ...this.#events.map(({ atMs }) => atMs));
  }
}

function statusOf({ published }: Node): Message {
  return textMessage({ t: "status", st: "active", ...published });
}
