// The state machine of one node: plain data in, plain data out. Membership says who is there, the policy says who runs
// what, and the engine passes each what the other said. No I/O, timers, clock or randomness: time is an argument.
import {
  textField,
  type ClusterHappening,
  type MembershipInput,
  type MembershipMachine,
  type MembershipOutput,
  type Message,
  type NodeRequest,
  type NodeView,
  type PolicyInput,
  type PolicyMachine,
  type PolicyOutput,
  type PolicyView,
  type SelfJudgement,
  type SelfObserved,
  type SelfView,
} from "../ports/index.js";
import { SelfCondition, type ConditionTimings } from "./self/condition.js";
import { linkEvent, nodeEvent } from "./membership-events.js";
import { inTurn, type Turns } from "./turns.js";
import { readState, stateIn, StateMismatch, writeState } from "./whole-state.js";

/** Inputs of a policy that come from the world as they are. */
type PolicyInputKind = "agent.reported" | "fence.reported" | "quorum.reported" | "operator.requested";

export type EngineInput =
  | { readonly kind: "tick" }
  /** An authenticated message, and the link that carried it. */
  | { readonly kind: "frame.received"; readonly link: string; readonly message: Message }
  /** A medium has reason to think that a node has gone from it; unproven, and not authenticated. */
  | { readonly kind: "link.hinted"; readonly link: string; readonly node: string }
  /** What the policy asked of the world, and what operators ask of it, unchanged. */
  | Extract<PolicyInput, { kind: PolicyInputKind }>
  /** The host has looked at itself; each keepalive, and at once when a carrier changes. */
  | { readonly kind: "self.observed"; readonly observed: SelfObserved }
  /** A program of this node wants to say something to the cluster; nothing is said while this node is not active. */
  | { readonly kind: "client.said"; readonly message: Message; readonly to?: string }
  /** Answered by `operator.answered` with the same id. */
  | { readonly kind: "nodes.edit"; readonly id: number; readonly request: NodeRequest };

/** Outputs of a policy that go to the world as they are; the others become messages. */
type PolicyEffectKind =
  | "agent.run"
  | "agent.cancel"
  | "fence.request"
  | "quorum.ask"
  | "state.persist"
  | "operator.answered"
  | "event";

export type EngineEffect =
  /** To sign and send: over `links`, or over every link that is not a ping node's. */
  | { readonly kind: "frame.send"; readonly message: Message; readonly links?: readonly string[] }
  /** What the policy asks of the world, unchanged. Each `agent.run` and `quorum.ask` is answered, whatever happens. */
  | Extract<PolicyOutput, { kind: PolicyEffectKind }>
  | { readonly kind: "nodes.persist"; readonly state: unknown }
  /** For the programs of this node that watch the cluster. */
  | { readonly kind: "happened"; readonly happening: ClusterHappening }
  /** This node has left: nothing runs here any more (unless not `clean`), and nothing more will be said. */
  | { readonly kind: "left"; readonly clean: boolean }
  /** An invariant failed: let go of everything and exit. A dead node is safe, a confused one is not. */
  | { readonly kind: "halt"; readonly violations: readonly string[] };

export interface ClusterView extends PolicyView {
  readonly node: string;
  readonly nodes: readonly NodeView[];
  /** What is wrong among the nodes and needs a person: sentences. */
  readonly problems: readonly string[];
  /** This node's own health. Absent: it is not judged. */
  readonly self?: SelfView;
}

export interface EngineInit {
  readonly self: string;
  readonly membership: MembershipMachine;
  readonly policy: PolicyMachine;
  /** What this node's own lateness is judged by. Absent: the policy never hears of it. */
  readonly timings?: ConditionTimings;
}

export interface Engine {
  /** One input, at monotonic `nowMs`; `wallMs` only fills time fields of messages. Returns what must be done, in order. */
  step(input: EngineInput, nowMs: number, wallMs: number): readonly EngineEffect[];
  /** Monotonic ms at which a `tick` is next useful. */
  deadline(): number;
  view(): ClusterView;
  /** Versioned JSON of everything that it remembers. */
  snapshot(): unknown;
  /**
   * Goes on where the engine was whose `snapshot` this is, as if it had been this one all the time. Only before the first step,
   * and only with an init like that engine's. Throws `StateMismatch` when it is of another version or another configuration;
   * the engine is then of no use.
   */
  resume(snapshot: unknown): void;
}

export function createEngine(init: EngineInit): Engine {
  return new ComposedEngine(init);
}

class ComposedEngine implements Engine {
  private effects: EngineEffect[] = [];
  private halted = false;
  private left: { readonly clean: boolean } | undefined;
  private readonly toMembership: Turns<MembershipInput> = { taken: false, waiting: [] };
  private readonly toPolicy: Turns<PolicyInput> = { taken: false, waiting: [] };
  private readonly condition: SelfCondition | undefined;
  private nowMs = 0;

  constructor(private readonly init: EngineInit) {
    this.condition = init.timings === undefined ? undefined : new SelfCondition(init.timings);
  }

  step(input: EngineInput, nowMs: number, wallMs: number): readonly EngineEffect[] {
    if (this.halted || this.left !== undefined) return [];
    const now = { nowMs, wallMs };
    this.nowMs = nowMs;
    // Before anything is believed or judged: was this node there in time?
    this.judge(this.condition?.begin(nowMs), now);
    this.take(input, now);
    this.check();
    this.condition?.end(this.deadline(), nowMs);
    const { effects } = this;
    this.effects = [];
    return effects;
  }

  private take(input: EngineInput, now: Moment): void {
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
      case "quorum.reported":
      case "operator.requested":
        this.policy(input, now);
        break;
      case "self.observed": {
        const verdict = this.condition?.observe(input.observed, now.nowMs);
        for (const event of verdict?.events ?? []) this.effects.push({ kind: "event", event });
        this.judge(verdict?.judgement, now);
        break;
      }
      case "client.said": {
        const { message, to } = input;
        if (this.init.membership.view()[0]?.state !== "active") break;
        this.membership({ kind: "message.send", message, ...(to !== undefined && { to }) }, now);
        break;
      }
      case "link.hinted":
      case "nodes.edit":
        this.membership(input, now);
        break;
    }
  }

  private judge(self: SelfJudgement | undefined, now: Moment): void {
    if (self !== undefined) this.policy({ kind: "self.judged", self }, now);
  }

  deadline(): number {
    if (this.halted || this.left !== undefined) return Number.POSITIVE_INFINITY;
    return Math.min(this.init.membership.deadline(), this.init.policy.deadline());
  }

  view(): ClusterView {
    const nodes = this.init.membership.view();
    const problems = this.init.membership.problems?.() ?? [];
    const self = this.condition?.view(this.nowMs);
    const seen = { node: this.init.self, nodes, problems, ...(self !== undefined && { self }) };
    return { ...seen, ...this.init.policy.view(nodes) };
  }

  snapshot(): unknown {
    const { membership, policy } = this.init;
    return {
      version: 2,
      membership: membership.snapshot(),
      policy: policy.snapshot(),
      state: writeState(this, []),
    };
  }

  resume(snapshot: unknown): void {
    const { membership, policy } = this.init;
    if (membership.resume === undefined || policy.resume === undefined)
      throw new StateMismatch("this membership or this policy cannot go on from a snapshot");
    readState(this, stateIn(snapshot, 2), []);
    const parts = snapshot as { readonly membership: unknown; readonly policy: unknown };
    membership.resume(parts.membership);
    policy.resume(parts.policy);
  }

  private membership(input: MembershipInput, now: Moment): void {
    inTurn(this.toMembership, input, (next) => {
      for (const output of this.init.membership.step(next, now.nowMs, now.wallMs))
        this.fromMembership(output, now);
    });
  }

  private policy(input: PolicyInput, now: Moment): void {
    inTurn(this.toPolicy, input, (next) => {
      const nodes = this.init.membership.view();
      for (const output of this.init.policy.step(next, nodes, now.nowMs)) this.fromPolicy(output, now);
    });
  }

  private fromMembership(output: MembershipOutput, now: Moment): void {
    switch (output.kind) {
      case "message.send":
        if (textField(output.message, "t") === "status") this.condition?.said(now.nowMs);
        this.effects.push({ ...output, kind: "frame.send" });
        return;
      case "message.delivered":
        this.tell({ kind: "message.heard", from: output.from, message: output.message });
        return this.policy(output, now);
      case "status.heard":
        return this.policy(output, now);
      case "node.changed":
        this.effects.push({
          kind: "event",
          event: nodeEvent(output, this.init.membership.view(), now.nowMs),
        });
        this.tell(output);
        return this.policy(output, now);
      case "link.changed":
        this.effects.push({ kind: "event", event: linkEvent(output) });
        this.tell(output);
        return;
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
        this.left = { clean: output.clean };
        return this.membership({ kind: "leave" }, now);
      default:
        this.effects.push(output);
    }
  }

  private tell(happening: ClusterHappening): void {
    this.effects.push({ kind: "happened", happening });
  }

  private check(): void {
    // After the goodbye.
    if (this.left !== undefined) this.effects.push({ kind: "left", clean: this.left.clean });
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
