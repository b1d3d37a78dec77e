// Joins heartbeat's R1 protocol to the runners of the groups: R1 says which group to start or stop, one at a time, and
// is told what became of it.
import type { FencingCases } from "../fencing/fencing-cases.js";
import { livingOf, type Race } from "../fencing/race.js";
import type {
  IsolationView,
  NodeView,
  PolicyInit,
  PolicyInput,
  PolicyOutput,
  PolicyView,
} from "../../ports/index.js";
import type { GroupRunner } from "./group-runner.js";
import type { StartFailure } from "./member.js";
import { createR1, type R1Input, type R1Machine, type R1Output } from "./r1/index.js";

export interface BridgeInit {
  readonly policy: PolicyInit;
  readonly runners: ReadonlyMap<string, GroupRunner>;
  readonly fencing: FencingCases;
  readonly nextId: () => number;
  readonly emit: (output: PolicyOutput) => void;
  /** This node is active already: the protocol is joined in mid-life. */
  readonly active: boolean;
}

/** heartbeat lets go for nobody and asks nobody: a node beside it that did so would only be missing. */
const HELD: IsolationView = {
  policy: "hold",
  rule: "beside-heartbeat",
  serves: true,
  why: "a heartbeat is among the nodes, and its protocol knows no other rule than to hold",
  quorum: [],
};

export class R1Bridge {
  private readonly machine: R1Machine;
  /** `failure`: why it could not start; it stays so, however soon the runner forgets it while the rest is being stopped. */
  private pending:
    | { readonly key: string; readonly wish: "run" | "stop"; failure: StartFailure | undefined }
    | undefined;
  /** Groups that were offered to the peer because they failed here, and until when they are not offered again. */
  private readonly offered = new Map<string, number>();
  /** What the machine is told first in the next step. */
  private readonly news: R1Input[] = [];

  constructor(private readonly init: BridgeInit) {
    const { self, nodes, groups, failback, keepaliveMs, ipfail, fencing } = init.policy;
    const held = [...init.runners.values()].filter((runner) => runner.wanted() === "run");
    this.machine = createR1({
      self,
      nodes,
      groups,
      failback,
      keepaliveMs,
      ipfail,
      fencing,
      holding: held.map(({ key }) => key),
      unfinished: held.filter((runner) => runner.state() !== "started").map(({ key }) => key),
      stable: init.active,
    });
  }

  step(input: PolicyInput, nodes: readonly NodeView[], nowMs: number): void {
    for (const input of this.news.splice(0)) this.feed(input, nodes, nowMs);
    const translated = this.translate(input);
    if (translated !== undefined) this.feed(translated, nodes, nowMs);
    if (input.kind === "node.changed") this.fenceIdle(input, nodes, nowMs);
    for (const outcome of this.init.fencing.takeOutcomes())
      this.feed({ kind: "fence.reported", ...outcome }, nodes, nowMs);
    this.settle(nodes, nowMs);
    for (const runner of this.init.runners.values()) this.offer(runner, nodes, nowMs);
  }

  /** An operator has mended it. */
  cleaned(key: string): void {
    this.offered.delete(key);
    this.news.push({ kind: "group.cleaned", key });
  }

  /** This node stood still for longer than the others wait. */
  wasAway(): void {
    this.news.push({ kind: "self.away" });
  }

  deadline(): number {
    return this.machine.deadline();
  }

  view(): PolicyView {
    const { stable, why, groups, phase } = this.machine.view();
    return {
      stable,
      why,
      isolation: HELD,
      groups: groups.map(({ key, home, state, owner }) => {
        const runner = this.init.runners.get(key);
        const local = runner?.resources() ?? [];
        const here = owner === undefined || owner === this.init.policy.self;
        const shown = here ? (runner?.state() ?? state) : "started";
        return {
          key,
          home,
          owner,
          state: shown,
          epoch: 0,
          why: (here ? runner?.note() : undefined) ?? `heartbeat's protocol, phase ${phase}`,
          resources: here ? local : local.map(({ name, agent }) => ({ name, agent, state: "started" })),
        };
      }),
    };
  }

  private translate(input: PolicyInput): R1Input | undefined {
    switch (input.kind) {
      case "operator.requested": {
        const { id, request } = input;
        const { kind } = request;
        if (kind === "move") return this.refuseMove(id);
        if (kind !== "standby" && kind !== "takeover" && kind !== "stop") return undefined;
        return { kind: input.kind, id, request };
      }
      case "node.changed":
        if (input.node !== this.init.policy.self) return input;
        return input.to === "active" ? { kind: "self.active" } : undefined;
      case "message.delivered":
      case "tick":
        return input;
      case "agent.reported":
      case "fence.reported":
      case "status.heard":
      case "quorum.reported":
      case "self.judged":
        return undefined;
    }
  }

  /** Its protocol moves what is at home on one node together, and nothing else. */
  private refuseMove(id: number): undefined {
    const reason =
      "a heartbeat is among the nodes, and groups move together there: say `systole standby` or `systole takeover`";
    this.init.emit({ kind: "operator.answered", id, ok: false, reason });
    return undefined;
  }

  private feed(input: R1Input, nodes: readonly NodeView[], nowMs: number): void {
    for (const output of this.machine.step(input, nodes, nowMs)) this.perform(output, nodes, nowMs);
  }

  /** Tells the machine what became of the group that it is waiting for; that may bring the next one. */
  private settle(nodes: readonly NodeView[], nowMs: number): void {
    for (let outcome = this.outcome(); outcome !== undefined; outcome = this.outcome()) {
      this.pending = undefined;
      this.feed(outcome, nodes, nowMs);
    }
  }

  /**
   * A group that fails here too often goes the way that heartbeat knows: a standby of its whole set. Once, until its
   * failures are forgotten: the peer may be a heartbeat, which would give it back and never say why.
   */
  private offer(runner: GroupRunner, nodes: readonly NodeView[], nowMs: number): void {
    const why = runner.recovery.wantsAway();
    if (why === undefined || (this.offered.get(runner.key) ?? 0) > nowMs) return;
    const others = nodes.filter(({ kind, name }) => kind === "normal" && name !== this.init.policy.self);
    if (!others.some(({ state }) => state === "active") || !this.machine.view().stable) return;
    this.offered.set(runner.key, runner.expiresAtMs());
    this.feed({ kind: "group.failing", key: runner.key, reason: why }, nodes, nowMs);
  }

  private outcome(): R1Input | undefined {
    const { pending } = this;
    const runner = pending === undefined ? undefined : this.init.runners.get(pending.key);
    if (pending === undefined || runner === undefined) return undefined;
    const { key } = pending;
    const state = runner.state();
    pending.failure = runner.startFailure() ?? pending.failure;
    const { failure } = pending;
    if (pending.wish === "run" && failure !== undefined && state === "stopped") {
      return {
        kind: "group.reported",
        key,
        state: "failed",
        reason: `${failure.resource}: ${failure.reason}`,
      };
    }
    if (pending.wish === "run" && state === "started")
      return { kind: "group.reported", key, state: "started" };
    if (pending.wish === "stop" && state === "stopped")
      return { kind: "group.reported", key, state: "stopped" };
    if (pending.wish === "stop" && runner.stuck()) {
      return { kind: "group.reported", key, state: "failed", reason: "it cannot be stopped" };
    }
    return undefined;
  }

  private perform(output: R1Output, nodes: readonly NodeView[], nowMs: number): void {
    switch (output.kind) {
      case "group.start":
      case "group.stop": {
        const wish = output.kind === "group.start" ? "run" : "stop";
        this.pending = { key: output.key, wish, failure: undefined };
        const urgent = output.kind === "group.stop" && output.urgent === true;
        this.init.runners.get(output.key)?.want(wish, nowMs, urgent);
        return;
      }
      case "group.announce":
        this.init.runners.get(output.key)?.announce();
        return;
      case "fence.request":
        return this.fence(output.node, nodes, nowMs);
      case "released": {
        const stuck = [...this.init.runners.values()].some((runner) => runner.stuck());
        this.init.emit({ kind: "released", clean: !stuck });
        return;
      }
      case "message.send":
      case "operator.answered":
      case "event":
        this.init.emit(output);
    }
  }

  /** What the protocol calls unneeded: a peer that ran nothing. Left alone it would fence this node, and take over. */
  private fenceIdle(
    { node, to, reason }: PolicyInput & { kind: "node.changed" },
    nodes: readonly NodeView[],
    nowMs: number,
  ): void {
    const { self, nodes: order, fencing } = this.init.policy;
    if (!fencing || to !== "dead" || reason !== "silent" || node === self || !order.includes(node)) return;
    this.init.fencing.died(this.raceAgainst(node, nodes, true), nowMs);
  }

  private fence(node: string, nodes: readonly NodeView[], nowMs: number): void {
    const { fencing } = this.init;
    if (!fencing.isFenced(node)) return fencing.died(this.raceAgainst(node, nodes, false), nowMs);
    const reason = "it was fenced before it fell silent";
    this.feed({ kind: "fence.reported", node, ok: true, reason }, nodes, nowMs);
  }

  private raceAgainst(victim: string, nodes: readonly NodeView[], idle: boolean): Race {
    const { self, nodes: order } = this.init.policy;
    const owners = this.machine.view().groups.map(({ owner }) => owner);
    const groupsHere = owners.filter((owner) => owner === self).length;
    const wasHeard = nodes.some(({ name, generation }) => name === victim && generation > 0);
    const groupsThere = wasHeard ? owners.length - groupsHere : undefined;
    return { victim, order, living: livingOf(nodes, order, self), groupsHere, groupsThere, idle };
  }
}
