// The resource policy between Systole nodes: it keeps the claims, lets `decide` judge, and carries the verdicts out.
import {
  textMessage,
  type EngineEvent,
  type NodeView,
  type OperatorRequest,
  type PolicyInput,
  type PolicyView,
} from "../../../ports/index.js";
import { FenceWish } from "../../fencing/fence-wish.js";
import type { FencingCases } from "../../fencing/fencing-cases.js";
import { LIMITS } from "../../limits.js";
import type { IsolationWatch, Standing } from "../isolation/watch.js";
import { Accusations } from "./accusations.js";
import { decideGroup } from "./decide.js";
import { answerFor } from "./elsewhere.js";
import { groupClaims, type GroupClaim, type GroupClaimsInit } from "./group-claim.js";
import { isMove, planMoves, progressOf } from "./operator.js";
import { Outlet } from "./outlet.js";
import { PeerReports } from "./peer-reports.js";
import { decodeReport } from "./report.js";
import { OperatorRequests } from "./requests.js";
import { raceAgainst } from "./silence.js";
import { viewOf } from "./view.js";
import { deadAmong, pingsOf, worldOf, type World } from "./world.js";

export interface ClaimsInit extends GroupClaimsInit {
  /** Nodes that must be fenced, and what this node may do while it hears nobody: whichever protocol is spoken. */
  readonly fencing: FencingCases;
  readonly isolation: IsolationWatch;
}

export class ClaimsMachine {
  private readonly groups: readonly GroupClaim[];
  private readonly reports: PeerReports;
  private standing: Standing;
  private readonly accusations: Accusations;
  private readonly requests: OperatorRequests;
  private leaving = false;
  private released = false;
  private readonly fenceWish: FenceWish;
  private readonly outlet: Outlet;

  constructor(private readonly init: ClaimsInit) {
    const { policy, emit } = init;
    this.reports = new PeerReports(policy);
    this.groups = groupClaims(init);
    this.standing = init.isolation.stands();
    this.accusations = new Accusations(init.fencing, (node, nodes) =>
      raceAgainst(node, this.groups, this.reports.byName().get(node), nodes, policy),
    );
    this.fenceWish = new FenceWish(policy.self, policy.fencing, emit);
    this.requests = new OperatorRequests(policy.requestTimeoutMs, emit);
    this.outlet = new Outlet(emit);
  }

  step(input: PolicyInput, nodes: readonly NodeView[], nowMs: number): void {
    this.absorb(input, nodes, nowMs);
    const ours = this.groups.filter(({ claim }) => claim.owner === this.init.policy.self).length;
    const watched = { idle: ours === 0, deaf: this.reports.deaf(nowMs) };
    this.standing = this.init.isolation.step(nodes, watched, nowMs);
    this.accusations.missed(() => this.world(nodes, nowMs), nodes);
    this.accusations.advance(this.standing, ours < this.groups.length, nodes, nowMs);
    this.reports.comparePings(pingsOf(nodes), nowMs);
    for (const group of this.groups) this.noteFailure(group, nowMs);
    const world = this.world(nodes, nowMs);
    this.decide(world, nowMs);
    this.requests.advance((group, to) => progressOf(group, to, world), nowMs);
    this.publish(nodes);
    this.outlet.persist(this.epochs());
    this.release();
  }

  deadline(nowMs: number): number {
    return Math.min(
      this.requests.deadline(),
      this.reports.deadline(nowMs),
      ...this.groups.map((group) => group.deadline(nowMs)),
    );
  }

  view(nodes: readonly NodeView[], nowMs: number): PolicyView {
    const world = this.world(nodes, nowMs);
    return viewOf(
      this.groups,
      this.reports.byName(),
      world,
      this.requests.waiting(),
      this.init.isolation.view(),
    );
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
    this.outlet.publishAnew();
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

  /** This node was away, or cut off: what it heard before says nothing of what is now. */
  forgetReports(nodes: readonly NodeView[]): void {
    this.reports.forgetAll();
    for (const node of this.init.fencing.doubtAll()) this.accusations.died(node, nodes);
  }

  private absorb(input: PolicyInput, nodes: readonly NodeView[], nowMs: number): void {
    switch (input.kind) {
      case "status.heard":
        return this.hear(input, nodes, nowMs);
      case "node.changed":
        return this.nodeChanged(input, nodes, nowMs);
      case "operator.requested":
        return this.requested(input.id, input.request, this.world(nodes, nowMs));
      case "agent.reported":
        for (const { elsewhere } of this.groups) elsewhere.report(input.id, input.result, nowMs);
        return;
      case "fence.reported":
      case "message.delivered":
      case "quorum.reported":
      case "self.judged":
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
    const before = this.reports.hear(input.from, report, nowMs);
    this.accusations.heard(before, report, nodes);
    if ([...report.groups.values()].some(({ fence }) => fence)) this.init.fencing.asked(input.from, nowMs);
    for (const group of this.groups) {
      const reported = report.groups.get(group.spec.key);
      const wasHere = group.claim.owner === this.init.policy.self;
      if (reported !== undefined && group.hear(input.from, reported, this.init.policy.self, nowMs))
        group.runner.announce();
      // Who is leaving may not have heard yet that the group's home is there again.
      if (!wasHere && !report.ready && group.hasHomeBeside(input.from, nodes))
        group.goHome(this.init.policy, nowMs);
    }
    const pings = pingsOf(nodes);
    const caughtUp = before !== undefined && before.pings < pings && report.pings >= pings;
    const rejoined = before?.alone === true && report.alone !== true;
    // It has become active a moment ago, and what was claimed in that moment may be here.
    if (before?.ready === false && report.ready) this.goHome(input.from, nowMs);
    if (caughtUp || rejoined) this.goHome(input.from, nowMs + 2 * this.init.policy.keepaliveMs);
  }

  private nodeChanged(
    { node, to, reason }: PolicyInput & { kind: "node.changed" },
    nodes: readonly NodeView[],
    nowMs: number,
  ): void {
    if (node === this.init.policy.self) return;
    if (to === "dead") {
      if (reason === "silent") this.accusations.died(node, nodes);
      this.reports.forget(node);
      for (const group of this.groups) group.forget(node);
    } else if (to === "up" || to === "active") {
      this.accusations.returned(node);
      if (to === "active") this.goHome(node, nowMs);
    }
  }

  /** Groups that are here and at home there are to move as soon as they can. */
  private goHome(node: string, atMs: number): void {
    for (const group of this.groups) if (group.spec.home === node) group.goHome(this.init.policy, atMs);
  }

  private noteFailure(group: GroupClaim, nowMs: number): void {
    this.fenceWish.watch(group.runner);
    if (!group.noteOutcome(nowMs)) return;
    this.event("group.start-failed", "error", { group: group.spec.key, reason: group.failureReason });
  }

  private decide(world: World, nowMs: number): void {
    for (const group of this.groups) {
      for (let round = 0; round < LIMITS.decisionRounds; round += 1) {
        if (!this.decideOnce(group, world, nowMs)) break;
      }
    }
  }

  /** Returns whether the claim changed, so that there is more to decide. */
  private decideOnce(group: GroupClaim, world: World, nowMs: number): boolean {
    const all = this.groups.map(({ elsewhere }) => elsewhere);
    const facts = group.facts(nowMs, answerFor(group.elsewhere, all, nowMs));
    const decision = decideGroup(facts, world);
    group.settle(decision);
    if (decision.asks === true) for (const elsewhere of all) elsewhere.ask();
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
    // What must not run here may run elsewhere by now, or soon.
    group.runner.want(decision.wish, nowMs, group.isContested() || !world.standing.serves);
    return false;
  }

  private requested(id: number, request: OperatorRequest, world: World): void {
    if (!isMove(request) && request.kind !== "stop") return;
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
    const [ready, alone] = [nodes[0]?.state === "active" && !this.leaving, !this.standing.serves];
    const unheard = [...new Set([...deadAmong(nodes), ...this.standing.missing])];
    this.outlet.publish({ ready, pings: pingsOf(nodes), alone, unheard, groups });
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
    return worldOf(this.init.policy, nodes, {
      peers: this.reports.peers(nodes),
      fencing: this.init.fencing,
      behindSinceMs: this.reports.behindSinceMs(),
      leaving: this.leaving,
      standing: this.standing,
      nowMs,
    });
  }

  private event(name: string, level: EngineEvent["level"], fields: EngineEvent["fields"]): void {
    this.init.emit({ kind: "event", event: { name, level, fields } });
  }
}
