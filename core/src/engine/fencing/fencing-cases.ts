// Nodes that must be ended before anything of theirs may start elsewhere. A case is open until a fence is confirmed: by
// this node's devices, by another node's, by a person, or by the node itself, which is heard again. Without devices
// nobody can fence: the word of a dead node is taken for it, with a warning.
import type { FenceCaseView, FenceResult, FencingRules, NodeView } from "../../ports/index.js";
import { LIMITS } from "../limits.js";
import {
  DEFAULT_RULES,
  caseView,
  dueAtMs,
  graver,
  isGivenUp,
  namesOf,
  openCase,
  openCases,
  pauseMs,
  turnsGone,
  type FenceCase,
  type FenceCause,
} from "./fence-case.js";
import type { FenceWord } from "./fence-word.js";
import { FencedNodes } from "./fenced-nodes.js";
import type { FenceOutcome, FencingInit } from "./fencing-init.js";
import { headStartMs, isTurnOf, whySilent, type Race } from "./race.js";

export type { FenceOutcome, FencingInit } from "./fencing-init.js";

export class FencingCases {
  private readonly cases = new Map<string, FenceCase>();
  private readonly fenced = new FencedNodes();
  private readonly rules: FencingRules;
  private outcomes: FenceOutcome[] = [];
  private leaving = false;
  private mayFence = true;

  constructor(private readonly init: FencingInit) {
    this.rules = init.rules ?? DEFAULT_RULES;
  }

  /** A node fell silent, and may still run something. */
  died(race: Race, nowMs: number): void {
    const node = race.victim;
    if (this.fenced.has(node) || this.leaving) return;
    if (!this.init.configured)
      return this.event("fence.not-configured", "warn", {
        node,
        risk: "both nodes may run its resources",
      });
    const isNew = this.open(node, race.idle ? "idle" : "silent", whySilent(race), this.delayMs(race), nowMs);
    if (isNew) this.reconsider(race);
  }

  /** One death after the other shows how the cluster is divided: what has not begun yet waits as long as it should. */
  private reconsider(race: Race): void {
    for (const open of this.cases.values()) {
      const isFirst = open.requestId === undefined && open.failures === 0 && open.waiting.length === 0;
      if (!isFirst || (open.cause !== "silent" && open.cause !== "idle")) continue;
      open.notBeforeMs = open.openedAtMs + this.delayMs({ ...race, victim: open.node });
    }
  }

  private delayMs(race: Race): number {
    return (this.init.settleMs ?? 0) + headStartMs(race, this.rules);
  }

  /** A living node asks for it: something there is out of control. */
  asked(node: string, nowMs: number): void {
    if (!this.init.configured || this.fenced.has(node) || this.cases.has(node) || this.leaving) return;
    const lies = this.fenced.liesOf(node);
    const delayMs = lies === 0 ? 0 : pauseMs(lies, this.rules);
    this.open(node, "asked", `${node} has lost control of a resource and asks for it`, delayMs, nowMs);
  }

  /** A person wants it now. Answered when it is done, or when the attempt has failed. */
  wanted(id: number, node: string, nowMs: number): void {
    if (!this.init.configured)
      return this.answer(id, false, "no fence device is configured; see docs/fencing.md");
    if (this.leaving) return this.answer(id, false, LEAVING);
    this.open(node, "operator", "an operator asked for it", 0, nowMs);
    const open = this.cases.get(node);
    if (open === undefined) return;
    if (open.waiting.length >= LIMITS.pendingRequests)
      return this.answer(id, false, `too many requests wait for the fencing of ${node} already`);
    open.waiting.push(id);
    open.notBeforeMs = nowMs;
    if (isGivenUp(open, this.rules)) open.failures = 0;
  }

  /** A person says that the node is surely off. */
  confirmed(id: number, node: string, nodes: readonly NodeView[], nowMs: number): void {
    const isHeard = nodes.some(({ name, state }) => name === node && (state === "up" || state === "active"));
    if (!this.cases.has(node) && isHeard)
      return this.answer(id, false, `${node} is heard, so it is not off, and nothing waits for its fencing`);
    const wasNeeded = this.cases.has(node);
    const reason = "an operator says that it is off";
    this.outcomes.push({ node, ok: true, reason });
    this.settle(node, { by: "operator", how: reason }, nodes, nowMs);
    this.answer(
      id,
      true,
      wasNeeded ? `${node} counts as fenced` : `noted; nothing waits for the fencing of ${node}`,
    );
  }

  /** Another node has fenced it, or could not. It may say so before this one has missed anything: its silence is no news then. */
  heardOf(from: string, { node, ok }: FenceWord, nodes: readonly NodeView[], nowMs: number): void {
    if (ok && node !== this.init.self)
      return this.settle(node, { by: from, how: `${from} has fenced it` }, nodes, nowMs);
    this.cases.get(node)?.failedBy.add(from);
  }

  /** The node is there again, so it says itself what it runs. */
  returned(node: string): void {
    const open = this.cases.get(node);
    if (open === undefined || open.abandoned) return;
    if (open.requestId === undefined) return this.abandon(open, `${node} is heard again`);
    this.event("fence.abandoned", "info", { node, why: `${node} is heard again` });
    this.disappoint(open, `${node} has come back by itself`);
    open.abandoned = true;
  }

  /** Another node hears it again: that it was fenced says nothing of its new life. */
  returnedElsewhere(node: string): void {
    this.fenced.forget(node);
  }

  /** This node was away: what was fenced before may have come back meanwhile. Returns the names of those that count as fenced no more. */
  doubtAll(): readonly string[] {
    return this.fenced.forgetAll();
  }

  /** An operator has deleted nodes: what is no member any more is nobody's business. */
  keepOnly(nodes: readonly NodeView[]): void {
    for (const open of this.cases.values()) {
      if (!nodes.some(({ name }) => name === open.node))
        this.abandon(open, `${open.node} is no node any more`);
    }
  }

  /** Any sign of life of a node. */
  heard(node: string, nodes: readonly NodeView[], nowMs: number): void {
    const verdict = this.fenced.heard(node, nodes, nowMs);
    if (verdict === "back")
      this.event("fence.node-back", "info", { node, why: "it was fenced, and has started anew" });
    if (verdict !== "lied") return;
    const risk = "it was fenced, and goes on in the same life: what was said to have fenced it has not";
    this.event("fence.lied", "error", { node, risk });
  }

  /** This node gives everything up: it takes nothing over, so it need not fence. */
  leave(): void {
    this.leaving = true;
    for (const open of this.cases.values()) {
      this.disappoint(open, LEAVING);
    }
    this.cases.clear();
  }

  /**
   * Begins what is due. `living`: this node and those that are heard, in the order of the configuration. `mayFence`: this
   * node may act upon the silence of others.
   */
  tick(living: readonly string[], mayFence: boolean, nowMs: number): void {
    this.mayFence = mayFence;
    for (const open of this.cases.values()) {
      if (open.requestId !== undefined || open.abandoned) continue;
      const others = living.filter((name) => name !== open.node);
      open.elsewhere =
        open.waiting.length === 0 && !isTurnOf(this.init.self, others, open.failedBy, turnsGone(open, nowMs));
      if (this.rests(open) || open.elsewhere || nowMs < open.notBeforeMs) continue;
      open.requestId = this.init.nextId();
      this.init.emit({ kind: "fence.request", id: open.requestId, node: open.node, why: open.why });
    }
  }

  /** `how`: what the devices did, as a sentence. */
  reported(id: number, result: FenceResult, how: string, nodes: readonly NodeView[], nowMs: number): void {
    const open = [...this.cases.values()].find((candidate) => candidate.requestId === id);
    if (open === undefined) return;
    open.requestId = undefined;
    if (result.ok) {
      this.outcomes.push({ node: open.node, ok: true, reason: how });
      return this.settle(open.node, { by: this.init.self, how }, nodes, nowMs);
    }
    if (open.abandoned) return void this.cases.delete(open.node);
    this.outcomes.push({ node: open.node, ok: false, reason: result.reason });
    this.failed(open, result.reason, nowMs);
  }

  /** Outcomes of this node's own attempts since the last time. */
  takeOutcomes(): readonly FenceOutcome[] {
    const { outcomes } = this;
    this.outcomes = [];
    return outcomes;
  }

  /** It was fenced and has not been heard since. */
  isFenced(node: string): boolean {
    return this.fenced.has(node);
  }

  /** Nodes because of which nothing may start. */
  unsettled(): ReadonlySet<string> {
    return namesOf(openCases(this.cases).filter(({ cause }) => cause !== "idle"));
  }

  /** Nodes that are not heard and not fenced: each may take what this node would take, whatever it held itself. */
  rivals(): ReadonlySet<string> {
    return namesOf(openCases(this.cases));
  }

  views(nowMs: number): readonly FenceCaseView[] {
    return openCases(this.cases).map((one) => caseView(one, this.rules, nowMs));
  }

  deadline(nowMs: number): number {
    return Math.min(
      Infinity,
      ...[...this.cases.values()].map((open) => dueAtMs(open, this.rests(open), nowMs)),
    );
  }

  /** A person is waited for, or that this node may judge silence again. A person's own wish holds whatever it hears. */
  private rests(open: FenceCase): boolean {
    if (open.waiting.length > 0) return false;
    const heldBack = !this.mayFence && (open.cause === "silent" || open.cause === "idle");
    return heldBack || isGivenUp(open, this.rules);
  }

  /** Returns whether it was not known before. */
  private open(node: string, cause: FenceCause, why: string, delayMs: number, nowMs: number): boolean {
    const known = this.cases.get(node);
    const isGraver = known !== undefined && graver(cause, known.cause);
    if (known !== undefined && !known.abandoned && !isGraver) return false;
    const open = openCase({ node, cause, why }, nowMs, delayMs);
    open.requestId = known?.requestId;
    open.waiting.push(...(known?.waiting ?? []));
    // What waits for its head start already does not wait anew.
    if (known?.cause === "idle") open.notBeforeMs = known.notBeforeMs;
    this.cases.set(node, open);
    this.event("fence.needed", "warn", { node, why, delayMs });
    return known === undefined;
  }

  private settle(
    node: string,
    { by, how }: { readonly by: string; readonly how: string },
    nodes: readonly NodeView[],
    nowMs: number,
  ): void {
    const open = this.cases.get(node);
    this.cases.delete(node);
    this.fenced.note(node, nodes, nowMs);
    if (open === undefined) return;
    const tookMs = Math.round(nowMs - open.openedAtMs);
    this.event("fence.done", "warn", { node, by, how, why: open.why, tookMs });
    for (const id of open.waiting) this.answer(id, true, `${node} is fenced: ${how}`);
  }

  private failed(open: FenceCase, reason: string, nowMs: number): void {
    const { node } = open;
    open.failures += 1;
    open.lastFailure = reason;
    open.failedBy.add(this.init.self);
    const retryInMs = pauseMs(open.failures, this.rules);
    open.notBeforeMs = nowMs + retryInMs;
    this.disappoint(open, `${node} could not be fenced: ${reason}`);
    // What only a person wanted is that person's to want again.
    if (open.cause === "operator") this.cases.delete(node);
    const isLast = isGivenUp(open, this.rules) || open.cause === "operator";
    const fields = { node, reason, attempt: open.failures, ...(!isLast && { retryInMs }) };
    this.event("fence.failed", "error", fields);
    if (isGivenUp(open, this.rules) && open.cause !== "operator")
      this.event("fence.given-up", "error", { node, attempts: open.failures });
  }

  private abandon(open: FenceCase, why: string): void {
    this.cases.delete(open.node);
    this.event("fence.abandoned", "info", { node: open.node, why });
    this.disappoint(open, why);
  }

  /** Those who wait for it hear that it is not done. */
  private disappoint(open: FenceCase, reason: string): void {
    for (const id of open.waiting.splice(0)) this.answer(id, false, reason);
  }

  private answer(id: number, ok: boolean, reason: string): void {
    this.init.emit({ kind: "operator.answered", id, ok, reason });
  }

  private event(
    name: string,
    level: "info" | "warn" | "error",
    fields: Readonly<Record<string, unknown>>,
  ): void {
    this.init.emit({ kind: "event", event: { name, level, fields } });
  }
}

const LEAVING = "this node is leaving";
