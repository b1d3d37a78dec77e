// The `haresources` policy: groups with a home node, as heartbeat's file of that name describes them. Nodes that are
// all Systole move groups by claims; as soon as a peer is a heartbeat, its R1 protocol is spoken instead.
import type {
  NodeView,
  PolicyInit,
  PolicyInput,
  PolicyMachine,
  PolicyOutput,
  PolicyView,
  ResourcePolicy,
} from "../../ports/index.js";
import { fenceMessage, readFenceMessage } from "../fencing/fence-word.js";
import { FencingCases } from "../fencing/fencing-cases.js";
import { livingOf } from "../fencing/race.js";
import { ClaimsMachine } from "./claims/machine.js";
import { encodeReport, REPORT_FIELD } from "./claims/report.js";
import { cleanupMessage, groupsText, namedGroups, readCleanup } from "./cleanup.js";
import { GroupRunner } from "./group-runner.js";
import { isolationOf, type IsolationWatch } from "./isolation/watch.js";
import type { BridgeInit, R1Bridge } from "./r1-bridge.js";
import type { Restarts, RestartsInit } from "./restarts.js";
import { readState, stateIn, writeState } from "../whole-state.js";

/** What not every host needs. */
export interface HaresourcesParts {
  /** What speaks R1; without it a node stays with claims, whoever is beside it. */
  readonly bridgeOf?: (init: BridgeInit) => R1Bridge;
  /** Without it no operator can ask for a restart. */
  readonly restartsOf?: (init: RestartsInit) => Restarts;
}

export function haresources(parts: HaresourcesParts): ResourcePolicy {
  return { create: (init) => new Haresources(init, parts) };
}

class Haresources implements PolicyMachine {
  private readonly runners: ReadonlyMap<string, GroupRunner>;
  private readonly claims: ClaimsMachine;
  private readonly fencing: FencingCases;
  private readonly isolation: IsolationWatch;
  private readonly restarts: Restarts | undefined;
  /** Set while heartbeat's protocol is spoken. */
  private r1: R1Bridge | undefined;
  private outputs: PolicyOutput[] = [];
  private lastId = 0;
  private leaving = false;
  private nowMs = 0;
  private readonly bridgeOf: HaresourcesParts["bridgeOf"];

  constructor(
    private readonly init: PolicyInit,
    { bridgeOf, restartsOf }: HaresourcesParts,
  ) {
    this.bridgeOf = bridgeOf;
    const { emit, nextId } = this;
    const timeoutMs = init.operationTimeoutMs;
    this.runners = new Map(
      init.groups.map((group) => [group.key, new GroupRunner({ group, timeoutMs, nextId, emit })]),
    );
    const { self, fencing: configured, fencingRules: rules } = init;
    this.fencing = new FencingCases({ self, configured, rules, settleMs: settleMs(init), nextId, emit });
    const epochs = restoredEpochs(init.restored);
    this.isolation = isolationOf(init, nextId, emit);
    const { runners, fencing, isolation } = this;
    this.restarts = restartsOf?.({ groups: init.groups, runners, timeoutMs: init.requestTimeoutMs, emit });
    this.claims = new ClaimsMachine({ policy: init, runners, nextId, emit, fencing, isolation, epochs });
  }

  step(input: PolicyInput, nodes: readonly NodeView[], nowMs: number): readonly PolicyOutput[] {
    this.nowMs = nowMs;
    for (const runner of this.runners.values()) {
      if (input.kind === "agent.reported") runner.report(input.id, input.result, nowMs);
      runner.tick(nowMs);
    }
    this.chooseProtocol(nodes);
    this.listen(input, nodes);
    this.listenForFences(input, nodes);
    if (this.r1 === undefined) this.claims.step(input, nodes, nowMs);
    else {
      // Heartbeat's protocol asks nobody; a fence of this node's does.
      this.isolation.step(nodes, { idle: false, deaf: new Set() }, nowMs, true);
      this.r1.step(input, nodes, nowMs);
    }
    if (this.r1 === undefined) this.tellOfFences();
    this.fencing.keepOnly(nodes);
    this.fencing.tick(livingOf(nodes, this.init.nodes, this.init.self), this.isolation.mayFence(), nowMs);
    this.restarts?.advance(nowMs);
    const mayRunLater = nodes[0]?.state === "active" && !this.leaving;
    if (mayRunLater) for (const runner of this.runners.values()) runner.warm();
    const { outputs } = this;
    this.outputs = [];
    return outputs;
  }

  deadline(): number {
    const runners = [...this.runners.values()].map((runner) => runner.deadline());
    const protocolMs = this.r1 === undefined ? this.claims.deadline(this.nowMs) : this.r1.deadline();
    return Math.min(
      protocolMs,
      this.isolation.deadline(this.nowMs),
      this.restarts?.deadline() ?? Number.POSITIVE_INFINITY,
      this.fencing.deadline(this.nowMs),
      ...runners,
    );
  }

  view(nodes: readonly NodeView[]): PolicyView {
    const view = this.r1 === undefined ? this.claims.view(nodes, this.nowMs) : this.r1.view();
    const fencing = this.fencing.views(this.nowMs);
    return fencing.length === 0 ? view : { ...view, fencing };
  }

  violations(): readonly string[] {
    return this.r1 === undefined ? this.claims.violations() : [];
  }

  snapshot(): unknown {
    return { version: 2, besideHeartbeat: this.r1 !== undefined, state: writeState(this, []) };
  }

  resume(snapshot: unknown): void {
    const state = stateIn(snapshot, 2);
    if ((snapshot as { readonly besideHeartbeat?: unknown }).besideHeartbeat === true)
      this.r1 = this.bridge(false);
    readState(this, state, []);
  }

  private bridge(active: boolean): R1Bridge | undefined {
    const { runners, fencing, nextId, emit } = this;
    return this.bridgeOf?.({ policy: this.init, runners, fencing, nextId, emit, active });
  }

  /** What is the same whichever protocol is spoken. */
  private listen(input: PolicyInput, nodes: readonly NodeView[]): void {
    if (input.kind === "message.delivered") {
      const asked = readCleanup(input.message);
      if (asked !== undefined && input.from !== this.init.self) this.cleanUp(asked.name, false);
    }
    if (input.kind === "quorum.reported") this.isolation.reported(input.id, input.answers);
    if (input.kind === "self.judged" && this.isolation.judged(input.self, this.nowMs)) {
      this.claims.forgetReports(nodes);
      this.r1?.wasAway();
    }
    if (input.kind !== "operator.requested") return;
    if (input.request.kind === "cleanup") this.cleanUpAsked(input.id, input.request.name);
    if (input.request.kind === "restart") this.restarts?.ask(input.id, input.request.name, this.nowMs);
    if (input.request.kind !== "stop") return;
    this.leaving = true;
    this.fencing.leave();
    for (const runner of this.runners.values()) runner.cool(this.nowMs);
  }

  /** A fence settles the same question in either protocol. */
  private listenForFences(input: PolicyInput, nodes: readonly NodeView[]): void {
    const { fencing, nowMs } = this;
    switch (input.kind) {
      case "fence.reported":
        return fencing.reported(input.id, input.result, input.how ?? "its device says so", nodes, nowMs);
      case "status.heard":
        return fencing.heard(input.from, nodes, nowMs);
      case "node.changed": {
        const isHeard = input.to === "up" || input.to === "active";
        if (isHeard && (input.from === "dead" || input.from === "active")) fencing.returned(input.node);
        return;
      }
      case "operator.requested":
        if (input.request.kind === "fence" || input.request.kind === "fence-confirm")
          this.fenceAsked(input.id, input.request, nodes);
        return;
      case "message.delivered": {
        // In heartbeat's protocol the word informs, and settles nothing.
        const word = this.r1 === undefined ? readFenceMessage(input.message) : undefined;
        if (word !== undefined) fencing.heardOf(input.from, word, nodes, nowMs);
        return;
      }
      case "agent.reported":
      case "quorum.reported":
      case "self.judged":
      case "tick":
        return;
    }
  }

  /** So that a node is fenced by one other, and nobody waits for what is done. Heartbeat's protocol has words of its own. */
  private tellOfFences(): void {
    for (const outcome of this.fencing.takeOutcomes())
      this.emit({ kind: "message.send", message: fenceMessage(outcome) });
  }

  private fenceAsked(
    id: number,
    { kind, node }: { readonly kind: "fence" | "fence-confirm"; readonly node: string },
    nodes: readonly NodeView[],
  ): void {
    const peers = nodes.filter((one) => one.kind === "normal" && one.name !== this.init.self);
    if (!peers.some(({ name }) => name === node)) {
      const known = peers.map(({ name }) => name).join(", ") || "none";
      const reason = `${node} is no other node of this cluster; the others are: ${known}`;
      return this.emit({ kind: "operator.answered", id, ok: false, reason });
    }
    if (kind === "fence") this.fencing.wanted(id, node, this.nowMs);
    else this.fencing.confirmed(id, node, nodes, this.nowMs);
  }

  private cleanUpAsked(id: number, name: string | undefined): void {
    const keys = this.cleanUp(name, true);
    if (keys.length === 0) {
      const reason = `there is no group or resource ${name ?? ""}; ${groupsText(this.init.groups)}`;
      return this.emit({ kind: "operator.answered", id, ok: false, reason });
    }
    this.emit({ kind: "message.send", message: cleanupMessage(name) });
    const reason = `the failures of ${name ?? keys.join(", ")} are forgotten on every node`;
    this.emit({ kind: "operator.answered", id, ok: true, reason });
  }

  /** Returns the keys of the groups that are meant. Only the node that was asked claims anew what stays down. */
  private cleanUp(name: string | undefined, asked: boolean): readonly string[] {
    const meant = namedGroups(this.init.groups, name);
    for (const { key, resource } of meant) {
      const had = this.runners.get(key)?.cleanup(resource, this.nowMs) ?? false;
      if (asked && this.r1 === undefined) this.claims.cleaned(key);
      if (had) this.event("group.cleaned-up", { group: key, resource });
      this.r1?.cleaned(key);
    }
    return meant.map(({ key }) => key);
  }

  /** A living heartbeat decides for everybody; a living Systole decides when no heartbeat lives; else it stays as it is. */
  private chooseProtocol(nodes: readonly NodeView[]): void {
    const peers = nodes.filter((node) => node.kind === "normal" && node.name !== this.init.self);
    const dialects = peers
      .filter((node) => node.state === "up" || node.state === "active")
      .map((node) => node.dialect);
    const wanted = dialects.includes("heartbeat")
      ? "r1"
      : dialects.includes("systole")
        ? "claims"
        : undefined;
    if (wanted === "r1" && this.r1 === undefined && this.bridgeOf !== undefined) {
      this.r1 = this.bridge(nodes[0]?.state === "active");
      // Any Systole among the others must not count on claims now.
      this.emit({
        kind: "publish",
        fields: { [REPORT_FIELD]: encodeReport({ ready: false, pings: 0, groups: new Map() }) },
      });
      this.event("protocol.chosen", { protocol: "r1", why: "a peer is a heartbeat" });
    } else if (wanted === "claims" && this.r1 !== undefined) {
      this.r1 = undefined;
      this.claims.adopt();
      this.event("protocol.chosen", { protocol: "claims", why: "every living node is a Systole" });
    }
  }

  private readonly emit = (output: PolicyOutput): void => void this.outputs.push(output);

  private readonly nextId = (): number => (this.lastId += 1);

  private event(name: string, fields: Readonly<Record<string, unknown>>): void {
    this.emit({ kind: "event", event: { name, level: "info", fields } });
  }
}

/** Of several nodes each was heard last within one keepalive. */
function settleMs({ nodes, keepaliveMs }: PolicyInit): number {
  return nodes.length > 2 ? 2 * keepaliveMs : 0;
}

/** What an earlier life persisted. Anything that is not understood counts as nothing. */
function restoredEpochs(restored: unknown): ReadonlyMap<string, number> {
  const epochs = new Map<string, number>();
  if (typeof restored !== "object" || restored === null || !("epochs" in restored)) return epochs;
  if (typeof restored.epochs !== "object" || restored.epochs === null) return epochs;
  for (const [key, epoch] of Object.entries(restored.epochs)) {
    if (Number.isSafeInteger(epoch) && epoch >= 0) epochs.set(key, epoch);
  }
  return epochs;
}
