// The state machine of one node: plain data in, plain data out. Membership says who is there, the policy says who runs
// what, and the engine passes each what the other said. No I/O, timers, clock or randomness: time is an argument.
import type {
  EngineEvent,
  FenceResult,
  MembershipInput,
  MembershipMachine,
  MembershipOutput,
  Message,
  NodeRequest,
  NodeView,
  OperationResult,
  OperatorRequest,
  PolicyInput,
  PolicyMachine,
  PolicyOutput,
  PolicyView,
  ResourceAction,
} from "../ports/index.js";

export type EngineInput =
  | { readonly kind: "tick" }
  /** An authenticated message, and the link that carried it. */
  | { readonly kind: "frame.received"; readonly link: string; readonly message: Message }
  | { readonly kind: "agent.reported"; readonly id: number; readonly result: OperationResult }
  | { readonly kind: "fence.reported"; readonly id: number; readonly result: FenceResult }
  | { readonly kind: "operator.requested"; readonly id: number; readonly request: OperatorRequest }
  /** Answered by `operator.answered` with the same id. */
  | { readonly kind: "nodes.edit"; readonly id: number; readonly request: NodeRequest };

export type EngineEffect =
  /** To sign and send: over `links`, or over every link that is not a ping node's. */
  | { readonly kind: "frame.send"; readonly message: Message; readonly links?: readonly string[] }
  /** Answered by `agent.reported` with the same id, whatever happens. */
  | {
      readonly kind: "agent.run";
      readonly id: number;
      readonly resource: string;
      readonly action: ResourceAction;
      readonly timeoutMs: number;
    }
  | { readonly kind: "agent.cancel"; readonly id: number }
  /** Answered by `fence.reported` with the same id. */
  | { readonly kind: "fence.request"; readonly id: number; readonly node: string }
  | { readonly kind: "state.persist"; readonly state: unknown }
  | { readonly kind: "nodes.persist"; readonly state: unknown }
  | { readonly kind: "operator.answered"; readonly id: number; readonly ok: boolean; readonly reason: string }
  | { readonly kind: "event"; readonly event: EngineEvent }
  /** This node has left: nothing runs here any more (unless not `clean`), and nothing more will be said. */
  | { readonly kind: "left"; readonly clean: boolean }
  /** An invariant failed: let go of everything and exit. A dead node is safe, a confused one is not. */
  | { readonly kind: "halt"; readonly violations: readonly string[] };

export interface ClusterView extends PolicyView {
  readonly node: string;
  readonly nodes: readonly NodeView[];
  /** What is wrong among the nodes and needs a person: sentences. */
  readonly problems: readonly string[];
}

export interface EngineInit {
  readonly self: string;
  readonly membership: MembershipMachine;
  readonly policy: PolicyMachine;
}

export interface Engine {
  /** One input, at monotonic `nowMs`; `wallMs` only fills time fields of messages. Returns what must be done, in order. */
  step(input: EngineInput, nowMs: number, wallMs: number): readonly EngineEffect[];
  /** Monotonic ms at which a `tick` is next useful. */
  deadline(): number;
  view(): ClusterView;
  /** Versioned JSON. */
  snapshot(): unknown;
}

export function createEngine(init: EngineInit): Engine {
  return new ComposedEngine(init);
}

class ComposedEngine implements Engine {
  private effects: EngineEffect[] = [];
  private halted = false;
  private left = false;

  constructor(private readonly init: EngineInit) {}

  step(input: EngineInput, nowMs: number, wallMs: number): readonly EngineEffect[] {
    if (this.halted || this.left) return [];
    const now = { nowMs, wallMs };
    switch (input.kind) {
      case "tick":
        // The policy first: what it publishes belongs in the first word that is said.
        this.policy({ kind: "tick" }, now);
        this.membership({ kind: "tick" }, now);
        break;
      case "frame.received":
        this.membership({ kind: "message.received", link: input.link, message: input.message }, now);
        break;
      case "agent.reported":
      case "fence.reported":
      case "operator.requested":
        this.policy(input, now);
        break;
      case "nodes.edit":
        this.membership(input, now);
        break;
    }
    this.check();
    const { effects } = this;
    this.effects = [];
    return effects;
  }

  deadline(): number {
    if (this.halted || this.left) return Number.POSITIVE_INFINITY;
    return Math.min(this.init.membership.deadline(), this.init.policy.deadline());
  }

  view(): ClusterView {
    const nodes = this.init.membership.view();
    const problems = this.init.membership.problems?.() ?? [];
    return { node: this.init.self, nodes, problems, ...this.init.policy.view(nodes) };
  }

  snapshot(): unknown {
    return { version: 1, membership: this.init.membership.snapshot(), policy: this.init.policy.snapshot() };
  }

  private membership(input: MembershipInput, now: Moment): void {
    for (const output of this.init.membership.step(input, now.nowMs, now.wallMs))
      this.fromMembership(output, now);
  }

  private policy(input: PolicyInput, now: Moment): void {
    const nodes = this.init.membership.view();
    for (const output of this.init.policy.step(input, nodes, now.nowMs)) this.fromPolicy(output, now);
  }

  private fromMembership(output: MembershipOutput, now: Moment): void {
    switch (output.kind) {
      case "message.send":
        this.effects.push({ ...output, kind: "frame.send" });
        return;
      case "message.delivered":
      case "status.heard":
        return this.policy(output, now);
      case "node.changed": {
        const { node, from, to, reason } = output;
        const level = to === "dead" && reason !== "stopped" ? "warn" : "info";
        this.effects.push({
          kind: "event",
          event: { name: "node.changed", level, fields: { node, from, to, reason } },
        });
        return this.policy(output, now);
      }
      case "link.changed": {
        const { node, link, to } = output;
        const level = to === "dead" ? "warn" : "info";
        this.effects.push({
          kind: "event",
          event: { name: "link.changed", level, fields: { node, link, to } },
        });
        return;
      }
      case "nodes.edited":
        this.effects.push({ ...output, kind: "operator.answered" });
        return;
      case "expelled":
        return this.policy({ kind: "operator.requested", id: NOBODY, request: { kind: "stop" } }, now);
      case "nodes.persist":
      case "event":
        this.effects.push(output);
        return;
    }
  }

  private fromPolicy(output: PolicyOutput, now: Moment): void {
    switch (output.kind) {
      case "message.send":
      case "publish":
        return this.membership(output, now);
      case "released":
        this.membership({ kind: "leave" }, now);
        this.left = true;
        this.effects.push({ kind: "left", clean: output.clean });
        return;
      default:
        this.effects.push(output);
    }
  }

  private check(): void {
    const violations = this.init.policy.violations();
    if (violations.length === 0) return;
    this.halted = true;
    this.effects.push({ kind: "halt", violations });
  }
}

/** Nobody waits for the answer to a request with this id. */
const NOBODY = -1;

interface Moment {
  readonly nowMs: number;
  readonly wallMs: number;
}
