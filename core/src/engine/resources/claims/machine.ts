// The resource policy between Systole nodes: it keeps the claims, lets `decide` judge, and carries the verdicts out.
import {
  textMessage,
  type EngineEvent,
  type GroupSpec,
  type NodeState,
  type NodeView,
  type OperatorRequest,
  type PolicyInit,
  type PolicyInput,
  type PolicyOutput,
  type PolicyView,
} from "../../../ports/index.js";
import { FenceWish } from "../../fencing/fence-wish.js";
import type { FencingCases } from "../../fencing/fencing-cases.js";
import { LIMITS } from "../../limits.js";
import type { GroupRunner } from "../group-runner.js";
import { decideGroup } from "./decide.js";
import { GroupClaim } from "./group-claim.js";
import { planMoves, progressOf } from "./operator.js";
import { decodeReport, encodeReport, REPORT_FIELD, type NodeReport } from "./report.js";
import { PingGap } from "./ping-gap.js";
import { OperatorRequests } from "./requests.js";
import { raceAgainst } from "./silence.js";
import { viewOf } from "./view.js";
import { pingsOf, type World } from "./world.js";

export interface ClaimsInit {
  readonly policy: PolicyInit;
  readonly runners: ReadonlyMap<string, GroupRunner>;
  readonly nextId: () => number;
  readonly emit: (output: PolicyOutput) => void;
  /** Nodes that must be fenced, whichever protocol is spoken. */
  readonly fencing: FencingCases;
  /** Highest epoch of each group that an earlier life of this node knew. */
  readonly epochs: ReadonlyMap<string, number>;
}

export class ClaimsMachine {
  private readonly groups: readonly GroupClaim[];
  private readonly reports = new Map<string, NodeReport>();
  private readonly requests: OperatorRequests;
  private leaving = false;
  private released = false;
  private readonly pingGap = new PingGap();
  private readonly fenceWish: FenceWish;
  private published = "";
  private persisted = "";

  constructor(private readonly init: ClaimsInit) {
    const { policy, emit } = init;
    this.groups = policy.groups.map((spec) => groupClaim(spec, init));
    this.fenceWish = new FenceWish(policy.self, policy.fencing, emit);
    this.requests = new OperatorRequests(policy.requestTimeoutMs, emit);
  }

  step(input: PolicyInput, nodes: readonly NodeView[], nowMs: number): void {
    this.absorb(input, nodes, nowMs);
    this.pingGap.watch(nodes, this.reports.values(), nowMs);
    for (const group of this.groups) this.noteFailure(group, nowMs);
    this.decide(nodes, nowMs);
    const world = this.world(nodes, nowMs);
    this.requests.advance((group, to) => progressOf(group, to, world), nowMs);
    this.publish(nodes);
    this.persist();
    this.release();
  }

  deadline(nowMs: number): number {
    return Math.min(
      this.requests.deadline(),
      this.pingGap.deadline(this.init.policy.keepaliveMs, nowMs),
      ...this.groups.map((group) => group.deadline(nowMs)),
    );
  }

  view(nodes: readonly NodeView[], nowMs: number): PolicyView {
    return viewOf(this.groups, this.reports, this.world(nodes, nowMs), this.requests.waiting());
  }

  /** A node that runs what a known higher claim gives to another, and is not stopping it, is confused. */
  violations(): readonly string[] {
    return this.groups
      .filter((group) => group.runningHere() && group.claim.owner !== this.init.policy.self)
      .map(
        (group) =>
          `${group.spec.key} runs here although ${group.claim.owner ?? "nobody"} holds claim ${group.claim.epoch}`,
      );
  }

  epochs(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.groups.map((group) => [group.spec.key, group.epoch()]));
  }

  /** Takes what already runs here for this node: the other nodes have just begun to speak claims. */
  adopt(): void {
    this.published = "";
    for (const group of this.groups) {
      if (group.runningHere())
        group.take(this.init.policy.self, "it was running here when every node spoke claims");
    }
  }

  /** An operator says that it is mended. A group that stays down is claimed anew, which all others understand. */
  cleaned(key: string): void {
    const group = this.groups.find(({ spec }) => spec.key === key);
    group?.forgetFailure();
    if (group?.down === undefined) return;
    group.take(group.claim.owner ?? this.init.policy.self, "an operator cleaned up its failures");
    this.claimed(group);
  }

  private absorb(input: PolicyInput, nodes: readonly NodeView[], nowMs: number): void {
    switch (input.kind) {
      case "status.heard":
        return this.hear(input, nodes, nowMs);
      case "node.changed":
        return this.nodeChanged(input.node, input.to, input.reason, nodes, nowMs);
      case "operator.requested":
        return this.requested(input.id, input.request, this.world(nodes, nowMs));
      case "agent.reported":
      case "fence.reported":
      case "message.delivered":
      case "tick":
        return;
    }
  }

  private hear(
    input: PolicyInput & { kind: "status.heard" },
    nodes: readonly NodeView[],
    nowMs: number,
  ): void {
    const report = decodeReport(input.message);
    if (report === undefined) return;
    const before = this.reports.get(input.from);
    this.reports.set(input.from, report);
    if ([...report.groups.values()].some(({ fence }) => fence)) this.init.fencing.asked(input.from, nowMs);
    for (const group of this.groups) {
      const reported = report.groups.get(group.spec.key);
      if (reported !== undefined && group.hear(input.from, reported, this.init.policy.self, nowMs)) {
        group.runner.announce();
      }
    }
    const pings = pingsOf(nodes);
    const caughtUp = before !== undefined && before.pings < pings && report.pings >= pings;
    if (caughtUp) this.goHome(input.from, nowMs + 2 * this.init.policy.keepaliveMs);
  }

  private nodeChanged(
    node: string,
    to: NodeState,
    reason: string,
    nodes: readonly NodeView[],
    nowMs: number,
  ): void {
    if (node === this.init.policy.self) return;
    if (to === "active") this.goHome(node, nowMs);
    if (to !== "dead") return;
    const { policy, fencing } = this.init;
    const race =
      reason === "silent" ? raceAgainst(node, this.groups, this.reports.get(node), nodes, policy) : undefined;
    if (race !== undefined) fencing.died(race, nowMs);
    this.reports.delete(node);
    for (const group of this.groups) group.forget(node);
  }

  /** Groups that are here and at home there are to move as soon as they can. */
  private goHome(node: string, atMs: number): void {
    if (this.init.policy.failback === "off") return;
    for (const group of this.groups) {
      if (group.spec.home === node && group.claim.owner === this.init.policy.self) group.failbackAtMs = atMs;
    }
  }

  private noteFailure(group: GroupClaim, nowMs: number): void {
    this.fenceWish.watch(group.runner);
    if (group.noteOutcome(nowMs)) {
      this.event("group.start-failed", "error", { group: group.spec.key, reason: group.failureReason });
    }
  }

  private decide(nodes: readonly NodeView[], nowMs: number): void {
    for (const group of this.groups) {
      for (let round = 0; round < LIMITS.decisionRounds; round += 1) {
        if (!this.decideOnce(group, this.world(nodes, nowMs), nowMs)) break;
      }
    }
  }

  /** Returns whether the claim changed, so that there is more to decide. */
  private decideOnce(group: GroupClaim, world: World, nowMs: number): boolean {
    const facts = group.facts(nowMs);
    const decision = decideGroup(facts, world);
    group.settle(decision);
    if (decision.yieldTo !== undefined) {
      const { owner, epoch } = decision.yieldTo;
      this.event("group.yielded", "warn", { group: group.spec.key, to: owner, epoch });
      group.accept(
        decision.yieldTo,
        `a partition healed, and the claim of ${owner ?? "nobody"} is the later one`,
      );
      return true;
    }
    if (decision.claim !== undefined) {
      const { owner, why } = decision.claim;
      group.take(owner, why);
      this.claimed(group);
      if (facts.away !== undefined && owner !== world.self) {
        const fields = { group: group.spec.key, from: world.self, to: owner, why };
        this.event("group.moved-after-failures", "warn", fields);
      }
      if (owner === world.self && group.runningHere()) group.runner.announce();
      return true;
    }
    if (decision.wish === "run" && group.runner.wanted() !== "run") group.forgetFailure();
    group.runner.want(decision.wish, nowMs, group.isContested());
    return false;
  }

  private requested(id: number, request: OperatorRequest, world: World): void {
    if (request.kind === "cleanup" || request.kind === "fence" || request.kind === "fence-confirm") return;
    if (request.kind === "stop") {
      this.leaving = true;
      return this.requests.answer(id, true, "giving up every resource, then leaving");
    }
    const plan = planMoves(request, this.groups, world);
    if (plan.kind !== "moves") return this.requests.answer(id, plan.kind === "done", plan.reason);
    const moves = plan.moves.map(({ group, to }) => {
      if (to === world.self) group.forgetFailure();
      group.take(to, `an operator asked ${world.self} for ${request.kind}`);
      this.claimed(group);
      return { group, to };
    });
    this.requests.wait(id, request, moves, world.nowMs);
  }

  private claimed(group: GroupClaim): void {
    const { claim, why, spec } = group;
    this.event("group.claimed", "info", { group: spec.key, owner: claim.owner, epoch: claim.epoch, why });
  }

  private publish(nodes: readonly NodeView[]): void {
    const groups = new Map(this.groups.map((group) => [group.spec.key, group.report()]));
    const active = nodes[0]?.state === "active";
    const text = encodeReport({ ready: active && !this.leaving, pings: pingsOf(nodes), groups });
    if (text === this.published) return;
    this.published = text;
    this.init.emit({ kind: "publish", fields: { [REPORT_FIELD]: text } });
  }

  private persist(): void {
    const state = { version: 1, epochs: this.epochs() };
    const text = JSON.stringify(state);
    if (text === this.persisted) return;
    this.persisted = text;
    this.init.emit({ kind: "state.persist", state });
  }

  private release(): void {
    if (!this.leaving || this.released) return;
    const states = this.groups.map((group) => group.runner.state());
    const stuck = this.groups.some((group) => group.runner.stuck());
    if (!stuck && states.some((state) => state !== "stopped")) return;
    this.released = true;
    // The peers may take over at once: nothing of ours runs any more. Without this they wait, and fence.
    if (!stuck) this.init.emit({ kind: "message.send", message: textMessage({ t: "shutdone", st: "dead" }) });
    this.init.emit({ kind: "released", clean: !stuck });
  }

  private world(nodes: readonly NodeView[], nowMs: number): World {
    const { self, nodes: order, failback, ipfail, keepaliveMs } = this.init.policy;
    const peers = nodes
      .filter((node) => node.kind === "normal" && node.name !== self)
      .map(({ name, state }) => ({ name, state, report: this.reports.get(name) }));
    const active = nodes[0]?.state === "active";
    const unsettled = this.init.fencing.unsettled();
    const { leaving } = this;
    const behindSinceMs = this.pingGap.sinceMs;
    const pings = pingsOf(nodes);
    const settings = { self, order, failback, ipfail, keepaliveMs };
    return { ...settings, active, leaving, pings, behindSinceMs, peers, unsettled, nowMs };
  }

  private event(name: string, level: EngineEvent["level"], fields: EngineEvent["fields"]): void {
    this.init.emit({ kind: "event", event: { name, level, fields } });
  }
}

function groupClaim(spec: GroupSpec, init: ClaimsInit): GroupClaim {
  const runner = init.runners.get(spec.key);
  if (runner === undefined) throw new Error(`no runner for group ${spec.key}`);
  return new GroupClaim(spec, runner, init.epochs.get(spec.key) ?? 0);
}
