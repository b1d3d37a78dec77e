// Carries one group of resources to where the policy wants it: started in order, stopped in the reverse order, one
// operation at a time; and keeps it there: watches what it started, and restarts in place what fails. It decides nothing
// about who should run the group, and says when it had better be somebody else.
import type { EngineEvent, GroupSpec, OperationResult, ResourceView, RunState } from "../../ports/index.js";
import { LIMITS } from "../limits.js";
import { groupState } from "./group-state.js";
import { Member, UNSEEN, type StartFailure } from "./member.js";
import { CurrentOperation, type Operation, type OperationInit, type Step } from "./operation.js";
import { faultOf, Recovery, stuckText } from "./recovery.js";

export type Wish = "run" | "stop";

export interface RunnerInit extends OperationInit {
  readonly group: GroupSpec;
}

export class GroupRunner {
  readonly key: string;
  private readonly members: readonly Member[];
  private wish: Wish = "stop";
  /** Another node may serve already: stops finish nothing first. */
  private urgent = false;
  private readonly operation: CurrentOperation;
  private stopFailures = 0;
  private retryAtMs: number | undefined;
  /** Set when a start failed. A first start is then undone, and `run` must be wished anew; a restart is tried on. */
  private failure: StartFailure | undefined;
  readonly recovery: Recovery;

  constructor(private readonly init: RunnerInit) {
    this.key = init.group.key;
    this.operation = new CurrentOperation(init);
    // What an earlier life left behind is not known: it is looked at, and stopped, before anything else.
    this.members = init.group.resources.map((resource) => new Member(resource));
    this.recovery = new Recovery(this.members, (...said) => this.event(...said));
  }

  /**
   * Changes the direction. An operation under way that works against it is cancelled. `urgent`: another node may serve
   * already, so a stop finishes nothing first; one that is under way in good order is begun again.
   */
  want(wish: Wish, nowMs: number, urgent = false): void {
    const hurries = wish === "stop" && urgent && !this.urgent;
    if (wish === this.wish && !hurries) return;
    this.urgent = wish === "stop" && urgent;
    if (wish !== this.wish) this.turn(wish);
    this.operation.cancel(
      wish === "run" ? ["warm"] : ["start", "monitor", ...(urgent ? ["stop" as const] : [])],
    );
    this.advance(nowMs);
  }

  private turn(wish: Wish): void {
    this.wish = wish;
    this.retryAtMs = undefined;
    this.recovery.reset(wish === "run");
    if (wish === "run") {
      this.failure = undefined;
      this.stopFailures = 0;
      for (const member of this.members) member.confirmed = false;
    }
  }

  tick(nowMs: number): void {
    for (const member of this.members) this.forgetExpired(member, nowMs);
    if (this.retryAtMs !== undefined && nowMs < this.retryAtMs) return;
    this.retryAtMs = undefined;
    this.advance(nowMs);
  }

  deadline(): number {
    const expiresMs = this.expiresAtMs();
    if (this.operation.underWay()) return expiresMs;
    if (this.retryAtMs !== undefined) return Math.min(expiresMs, this.retryAtMs);
    if (!this.upward()) return expiresMs;
    const monitorMs = Math.min(...this.members.map((member) => member.nextMonitorMs()));
    return Math.min(expiresMs, monitorMs, this.recovery.restartAtMs());
  }

  /** True when the report belonged to this group. */
  report(id: number, result: OperationResult, nowMs: number): boolean {
    const operation = this.operation.end(id);
    if (operation === undefined) return false;
    this.settle(operation, result, nowMs);
    this.advance(nowMs);
    return true;
  }

  /** Tells the network again where the resources are. Not tracked: a lost announcement is repeated by its agent. */
  announce(): void {
    if (this.state() !== "started") return;
    for (const member of this.members) this.operation.aside(member, "announce");
  }

  /** Makes a stopped group quick to start. To be called whenever this node takes part and may run it later. */
  warm(): void {
    if (this.wish === "run" || this.operation.underWay() || this.state() !== "stopped") return;
    const member = this.members.find(({ canWarm, warmed }) => canWarm && !warmed);
    if (member === undefined) return;
    member.warmed = true;
    this.operation.begin(member, "warm", false);
  }

  /** This node leaves: what was made quick to start is stopped as well. */
  cool(nowMs: number): void {
    this.operation.cancel(["warm"]);
    for (const member of this.members) {
      if (member.warmed && member.state === "stopped") member.state = "stopping";
      member.warmed = false;
    }
    this.advance(nowMs);
  }

  /**
   * Forgets the failures of one resource, or of all; what stayed down or is held down because of them is started at
   * once. Returns whether there was something to forget.
   */
  cleanup(resource: string | undefined, nowMs: number): boolean {
    const concerned = this.members.filter(({ name }) => resource === undefined || name === resource);
    const had = concerned.map((member) => member.failures.clear()).includes(true);
    const forgiven = this.recovery.forgive(nowMs);
    const failed = this.failure !== undefined;
    this.failure = undefined;
    this.retryAtMs = undefined;
    this.advance(nowMs);
    return had || forgiven || failed;
  }

  startFailure(): StartFailure | undefined {
    return this.failure;
  }

  forgetStartFailure(): void {
    this.failure = undefined;
  }

  /** A resource of it has failed here as often as its rules allow. */
  exhausted(): boolean {
    return this.members.some(({ failures }) => failures.exhausted());
  }

  /** Something here is out of control, and only the end of this node is a safe state. */
  wantsFence(): boolean {
    return this.recovery.wantsFence() || this.stuck();
  }

  /** What is being done about failures, as a sentence; undefined when nothing is. */
  note(): string | undefined {
    const stuck = this.stuck() ? this.members.find(({ state }) => state === "failed") : undefined;
    return stuck === undefined ? this.recovery.note() : stuckText(stuck);
  }

  /** When the first of its resources' failures are forgotten; Infinity when there are none. */
  expiresAtMs(): number {
    return Math.min(...this.members.map(({ failures }) => failures.expiresAtMs()));
  }

  /** True when a stop failed too often for hope. */
  stuck(): boolean {
    return this.stopFailures > LIMITS.stopRetries;
  }

  wanted(): Wish {
    return this.wish;
  }

  state(): RunState {
    return groupState({
      states: this.members.map((member) => member.state),
      confirmed: this.members.every(({ confirmed }) => confirmed),
      upward: this.upward(),
      recovering: this.recovery.underWay(),
      stuck: this.stuck(),
    });
  }

  resources(): readonly ResourceView[] {
    return this.members.map((member) => member.view());
  }

  private settle(operation: Operation, result: OperationResult, nowMs: number): void {
    const { member, step, cancelled } = operation;
    switch (step) {
      case "look":
        member.state = result.ok && result.state === "stopped" ? "stopped" : "started";
        member.absenceCounts(result);
        return;
      case "monitor":
        return cancelled ? undefined : this.monitored(member, result, nowMs);
      case "warm":
        if (!result.ok && !cancelled)
          this.event("resource.warm-failed", "warn", member, { reason: result.reason });
        return;
      case "start":
      case "stop":
        return this.moved(operation, result, nowMs);
    }
  }

  private moved({ member, step, cancelled }: Operation, result: OperationResult, nowMs: number): void {
    if (result.ok) {
      member.state = step === "start" ? "started" : "stopped";
      member.confirmed = step === "start";
      member.reason = undefined;
      member.ignored = false;
      member.warmed = false;
      if (step === "stop") this.stopFailures = 0;
      else member.scheduleMonitor(nowMs, true);
      return;
    }
    member.state = "failed";
    member.reason = result.reason;
    if (step === "stop") {
      // One that was cancelled is begun again at once.
      if (!cancelled) this.stopFailed(member, result.reason, nowMs);
    } else if (!cancelled) this.startFailed(member, result, nowMs);
  }

  private startFailed(
    member: Member,
    { kind, reason }: OperationResult & { ok: false },
    nowMs: number,
  ): void {
    const failures = member.failures.note(nowMs);
    this.failure = { resource: member.name, kind, reason };
    this.event("resource.start-failed", "error", member, { kind, reason, failures });
    if (this.recovery.underWay()) this.recovery.restartFailed(member, reason, nowMs);
    else this.wish = "stop";
  }

  private stopFailed(member: Member, reason: string, nowMs: number): void {
    this.stopFailures += 1;
    const retryInMs = this.stuck() ? LIMITS.stuckStopRetryMs : LIMITS.stopRetryMs;
    this.retryAtMs = nowMs + retryInMs;
    this.event("resource.stop-failed", "error", member, { reason, attempt: this.stopFailures, retryInMs });
  }

  private monitored(member: Member, result: OperationResult, nowMs: number): void {
    member.scheduleMonitor(nowMs);
    if (!member.absenceCounts(result) && result.ok && result.state === "stopped") {
      if (member.reason === undefined) this.event("resource.not-watched", "warn", member, { why: UNSEEN });
      member.reason = UNSEEN;
      return;
    }
    const reason = faultOf(result);
    if (reason !== undefined) return this.recovery.monitorFailed(member, reason, nowMs);
    if (member.ignored) this.event("resource.recovered", "info", member, {});
    member.ignored = false;
    member.reason = undefined;
  }

  private forgetExpired(member: Member, nowMs: number): void {
    if (nowMs < member.failures.expiresAtMs()) return;
    member.failures.clear();
    if (this.failure?.resource === member.name) this.failure = undefined;
    this.event("resource.failures-forgotten", "info", member, {});
  }

  private upward(): boolean {
    return this.wish === "run" && this.recovery.staysDown() === undefined;
  }

  private advance(nowMs: number): void {
    if (this.operation.underWay()) return;
    if (this.retryAtMs !== undefined && nowMs < this.retryAtMs) return;
    const next = this.upward() ? this.nextUp(nowMs) : this.nextDown(0);
    if (next !== undefined) this.operation.begin(...next, this.urgent);
  }

  private nextUp(nowMs: number): readonly [Member, Step] | undefined {
    const from = this.recovery.stopsFrom();
    const down = from === undefined ? undefined : this.nextDown(from);
    if (down !== undefined) return down;
    this.recovery.allStopped();
    if (!this.recovery.isHeldDown(nowMs)) {
      const member = this.members.find(({ state, confirmed }) => state !== "started" || !confirmed);
      if (member !== undefined) return [member, member.state === "unknown" ? "look" : "start"];
      this.failure = undefined;
      this.recovery.done(nowMs);
    }
    const due = this.members.find((member) => nowMs >= member.nextMonitorMs());
    return due === undefined ? undefined : [due, "monitor"];
  }

  private nextDown(from: number): readonly [Member, Step] | undefined {
    const member = this.members.findLast(({ state }, index) => index >= from && state !== "stopped");
    if (member === undefined) return undefined;
    return [member, member.state === "unknown" ? "look" : "stop"];
  }

  private event(
    name: string,
    level: EngineEvent["level"],
    member: Member,
    fields: EngineEvent["fields"],
  ): void {
    const named = { group: this.key, resource: member.name, ...fields };
    this.init.emit({ kind: "event", event: { name, level, fields: named } });
  }
}
