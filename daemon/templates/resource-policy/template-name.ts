// Who runs what: the first node in line claims a group, everybody hears of it, and it is started when all others say that
// they have let go. Pure: time comes as an argument, and what is to be done is returned.
import type {
  GroupSpec,
  GroupView,
  NodeView,
  OperatorRequest,
  PolicyInit,
  PolicyInput,
  PolicyMachine,
  PolicyOutput,
  PolicyView,
  ResourcePolicy,
  RunState,
} from "@systole/sdk";
import { decide, type Decision, type World } from "./decide.js";
import { Fences } from "./fences.js";
import { Holding } from "./holding.js";
import {
  compareClaims,
  decodeReport,
  encodeReport,
  REPORT_FIELD,
  UNCLAIMED,
  type Claim,
  type Report,
} from "./report.js";
import { Requests } from "./requests.js";

export class TemplateNamePolicy implements ResourcePolicy {
  create(init: PolicyInit): PolicyMachine {
    return new Machine(init);
  }
}

interface Group {
  readonly spec: GroupSpec;
  readonly holding: Holding;
  claim: Claim;
  homeIsBack: boolean;
  why: string;
}

class Machine implements PolicyMachine {
  private readonly groups: readonly Group[];
  private readonly reports = new Map<string, Report>();
  private readonly fences: Fences;
  private readonly requests: Requests;
  private leaving = false;
  private released = false;
  private lastId = 0;
  private published = "";
  private outputs: PolicyOutput[] = [];

  constructor(private readonly init: PolicyInit) {
    this.fences = new Fences(this.nextId, this.emit);
    this.requests = new Requests(this.emit);
    this.groups = init.groups.map((spec) => ({
      spec,
      holding: new Holding(spec, init.operationTimeoutMs, this.nextId, this.emit),
      claim: { ...UNCLAIMED, epoch: restoredEpoch(init.restored, spec.key) },
      homeIsBack: false,
      why: "nobody has it",
    }));
  }

  step(input: PolicyInput, nodes: readonly NodeView[], nowMs: number): readonly PolicyOutput[] {
    this.absorb(input, nodes, nowMs);
    for (const group of this.groups) this.settle(group, this.world(nodes));
    for (const { holding } of this.groups) holding.advance(nowMs);
    this.fences.advance(nowMs);
    this.requests.advance(this.arrival, nowMs);
    this.publish();
    this.release();
    const { outputs } = this;
    this.outputs = [];
    return outputs;
  }

  deadline(): number {
    const holdings = this.groups.map(({ holding }) => holding.deadline());
    return Math.min(this.fences.deadline(), this.requests.deadline(), ...holdings);
  }

  view(): PolicyView {
    const moving = this.groups.find(({ holding }) => !["started", "stopped"].includes(holding.state()));
    const groups = this.groups.map((group) => this.groupView(group));
    const why = moving === undefined ? "every group is where it should be" : `${moving.spec.key} is moving`;
    return { stable: moving === undefined, why, groups };
  }

  violations(): readonly string[] {
    return this.groups
      .filter(({ claim, holding }) => holding.state() === "started" && claim.owner !== this.init.self)
      .map(({ spec, claim }) => `${spec.key} runs here and belongs to ${claim.owner ?? "nobody"}`);
  }

  snapshot(): unknown {
    return { version: 1, epochs: this.epochs() };
  }

  private absorb(input: PolicyInput, nodes: readonly NodeView[], nowMs: number): void {
    switch (input.kind) {
      case "status.heard": {
        const report = decodeReport(input.message);
        if (report !== undefined) this.hear(input.from, report);
        return;
      }
      case "node.changed":
        return this.nodeChanged(input, nowMs);
      case "agent.reported":
        for (const { holding } of this.groups) holding.report(input.id, input.result, nowMs);
        return;
      case "fence.reported":
        return this.fences.report(input.id, input.result, nowMs);
      case "operator.requested":
        return this.asked(input.id, input.request, this.world(nodes), nowMs);
      case "message.delivered":
      case "tick":
        return;
    }
  }

  private hear(from: string, report: Report): void {
    this.reports.set(from, report);
    for (const group of this.groups) {
      const told = report.groups.get(group.spec.key);
      if (told === undefined || compareClaims(told.claim, group.claim, group.spec.home) <= 0) continue;
      this.claim(group, told.claim);
    }
  }

  private nodeChanged(input: PolicyInput & { readonly kind: "node.changed" }, nowMs: number): void {
    const { node, to, reason } = input;
    if (node === this.init.self) return;
    if (to === "dead") {
      const held = this.groups.some(({ spec, claim }) => {
        const told = this.reports.get(node)?.groups.get(spec.key);
        return claim.owner === node || (told !== undefined && told.state !== "stopped");
      });
      if (held && reason === "silent" && this.init.fencing) this.fences.need(node, nowMs);
      this.reports.delete(node);
    } else {
      this.fences.forget(node);
      for (const group of this.groups) group.homeIsBack ||= to === "active" && group.spec.home === node;
    }
  }

  private asked(id: number, request: OperatorRequest, world: World, nowMs: number): void {
    if (request.kind === "stop") this.leaving = true;
    if (request.kind === "cleanup") for (const { holding } of this.groups) holding.failure = undefined;
    if (request.kind === "stop" || request.kind === "cleanup")
      return this.requests.answer(id, true, "it is being done");
    if (request.kind === "fence" || request.kind === "fence-confirm")
      return this.fenceAsked(id, request.kind, request.node, nowMs);
    if (request.kind === "move" || request.kind === "restart")
      return this.requests.answer(id, false, `this policy knows no ${request.kind}`);
    const { self } = this.init;
    const moves: { key: string; to: string }[] = [];
    for (const group of this.groups) {
      const isLocal = group.spec.home === self;
      if (request.set !== "all" && (request.set === "local") !== isLocal) continue;
      if ((group.claim.owner === self) === (request.kind === "takeover")) continue;
      const to = request.kind === "takeover" ? self : otherNode(world);
      if (to === undefined)
        return this.requests.answer(id, false, "there is no other node that could take it");
      this.claim(group, { epoch: group.claim.epoch + 1, owner: to });
      moves.push({ key: group.spec.key, to });
    }
    this.requests.wait({ id, moves, untilMs: nowMs + this.init.requestTimeoutMs });
  }

  private fenceAsked(id: number, kind: "fence" | "fence-confirm", node: string, nowMs: number): void {
    if (kind === "fence" && !this.init.fencing)
      return this.requests.answer(id, false, "no fence device is configured");
    if (kind === "fence") this.fences.need(node, nowMs);
    else this.fences.forget(node);
    this.requests.answer(id, true, kind === "fence" ? "it is being fenced" : "it counts as fenced");
  }

  /** Decides until nothing changes any more: a claim may be followed by a start. */
  private settle(group: Group, world: World): void {
    const first = this.decide(group, world);
    if (first.claimFor !== undefined)
      this.claim(group, { epoch: group.claim.epoch + 1, owner: first.claimFor });
    const { wish, why } = first.claimFor === undefined ? first : this.decide(group, world);
    group.why = why;
    group.holding.want(wish);
  }

  private decide({ spec, claim, holding, homeIsBack }: Group, world: World): Decision {
    const runs = holding.state() === "starting" || holding.state() === "started";
    const failed = holding.failure !== undefined;
    return decide({ key: spec.key, home: spec.home, claim, failed, runs, homeIsBack }, world);
  }

  private claim(group: Group, claim: Claim): void {
    group.claim = claim;
    group.homeIsBack = false;
    this.emit({ kind: "state.persist", state: { version: 1, epochs: this.epochs() } });
  }

  private world(nodes: readonly NodeView[]): World {
    const { self, nodes: order, failback } = this.init;
    const living = nodes.filter(
      ({ name, kind, state }) => kind === "normal" && name !== self && (state === "up" || state === "active"),
    );
    return {
      self,
      order,
      active: nodes[0]?.state === "active",
      leaving: this.leaving,
      failback: failback !== "off",
      peers: new Map(living.map(({ name }) => [name, this.reports.get(name)])),
      unfenced: this.fences.unfenced(),
    };
  }

  private readonly arrival = (key: string, node: string): boolean | string => {
    const group = this.groups.find(({ spec }) => spec.key === key);
    if (group === undefined || group.claim.owner !== node)
      return `${key} went elsewhere: ${group?.why ?? "it is gone"}`;
    if (node === this.init.self) return group.holding.state() === "started";
    return this.reports.get(node)?.groups.get(key)?.state === "started";
  };

  private publish(): void {
    const groups = new Map(
      this.groups.map(({ spec, claim, holding }) => {
        return [spec.key, { claim, state: holding.state(), failed: holding.failure !== undefined }];
      }),
    );
    const text = encodeReport({ ready: !this.leaving, groups });
    if (text === this.published) return;
    this.published = text;
    this.emit({ kind: "publish", fields: { [REPORT_FIELD]: text } });
  }

  private release(): void {
    const states = this.groups.map(({ holding }) => holding.state());
    if (!this.leaving || this.released || states.some((state) => state !== "stopped" && state !== "stuck"))
      return;
    this.released = true;
    this.emit({ kind: "released", clean: !states.includes("stuck") });
  }

  private groupView({ spec, claim, holding, why }: Group): GroupView {
    const { self } = this.init;
    const { key, home } = spec;
    const { epoch, owner } = claim;
    const told = owner === self ? holding.state() : this.reports.get(owner ?? "")?.groups.get(key)?.state;
    const state: RunState = told === "stuck" ? "failed" : (told ?? "stopped");
    const resources =
      owner === self
        ? holding.resources()
        : spec.resources.map(({ name, agent }) => ({ name, agent, state }));
    return { key, home, owner: state === "stopped" ? undefined : owner, state, epoch, why, resources };
  }

  private epochs(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.groups.map(({ spec, claim }) => [spec.key, claim.epoch]));
  }

  private readonly emit = (output: PolicyOutput): void => void this.outputs.push(output);

  private readonly nextId = (): number => (this.lastId += 1);
}

function otherNode(world: World): string | undefined {
  return world.order.find((name) => world.peers.get(name)?.ready === true);
}

/** What an earlier life persisted; anything that is not understood counts as nothing. */
function restoredEpoch(restored: unknown, key: string): number {
  if (typeof restored !== "object" || restored === null || !("epochs" in restored)) return 0;
  const epoch: unknown = Object.entries(restored.epochs ?? {}).find(([name]) => name === key)?.[1];
  return typeof epoch === "number" && Number.isSafeInteger(epoch) && epoch >= 0 ? epoch : 0;
}
