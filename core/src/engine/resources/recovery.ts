// What is being done about failures of a group on this node: what is stopped and started again, until when it is held
// down, whether it had better run elsewhere; and all of that in words for operators.
import type { EngineEvent, OperationResult } from "../../ports/index.js";
import type { Member } from "./member.js";

interface Trouble {
  readonly member: Member;
  readonly reason: string;
  readonly sinceMs: number;
  /** What failed is not started before. */
  readonly restartAtMs: number;
  readonly holdDownMs: number;
  /** The group had better run on another node. */
  readonly away: boolean;
}

export type MemberEvent = (
  name: string,
  level: EngineEvent["level"],
  member: Member,
  fields: EngineEvent["fields"],
) => void;

export class Recovery {
  private trouble: Trouble | undefined;
  /** Index of the first member that is stopped before anything is started again; those after it are stopped too. */
  private from: number | undefined;
  private givenUp: string | undefined;
  private fenceWanted = false;

  constructor(
    private readonly members: readonly Member[],
    private readonly event: MemberEvent,
  ) {}

  /** The direction has changed. What has called for a fence does so until the group is to run here again. */
  reset(runs: boolean): void {
    this.trouble = undefined;
    this.from = undefined;
    this.givenUp = undefined;
    if (runs) this.fenceWanted = false;
  }

  /** A resource that was started does not work any more. */
  monitorFailed(member: Member, reason: string, nowMs: number): void {
    if (member.ignored) return;
    const { onFail } = member.rules;
    const failures = member.failures.note(nowMs);
    member.reason = reason;
    this.event("resource.failed", "error", member, { reason, failures, onFail });
    if (onFail === "ignore") {
      member.ignored = true;
      return;
    }
    if (onFail === "stop") this.givenUp = givenUpText(member, reason);
    if (onFail === "fence") this.fenceWanted = true;
    this.repair(member, reason, onFail === "move" || onFail === "fence", nowMs);
  }

  /** What was to be restarted could not be started: another node may be luckier. */
  restartFailed(member: Member, reason: string, nowMs: number): void {
    this.repair(member, reason, true, nowMs);
  }

  /** An operator wants it stopped and started again, with what comes after it; undefined: all of the group. */
  restart(resource: string | undefined): void {
    const index = this.members.findIndex(({ name }) => name === resource);
    this.from = Math.min(this.from ?? Number.POSITIVE_INFINITY, Math.max(0, index));
  }

  /** Where stopping begins, while there is something to stop before the restart. */
  stopsFrom(): number | undefined {
    return this.from;
  }

  /** Everything that had to be stopped is. */
  allStopped(): void {
    this.from = undefined;
  }

  /** Everything runs again. */
  done(nowMs: number): void {
    if (this.trouble === undefined) return;
    const { member, sinceMs } = this.trouble;
    this.trouble = undefined;
    this.event("resource.recovered", "info", member, { afterMs: Math.round(nowMs - sinceMs) });
  }

  underWay(): boolean {
    return this.trouble !== undefined;
  }

  /** When what failed may be started; Infinity when nothing waits. */
  restartAtMs(): number {
    return this.trouble?.restartAtMs ?? Number.POSITIVE_INFINITY;
  }

  isHeldDown(nowMs: number): boolean {
    return this.trouble !== undefined && nowMs < this.trouble.restartAtMs;
  }

  /** An operator has forgiven: the restart is due now, and here. Returns whether there was something to forgive. */
  forgive(nowMs: number): boolean {
    const had = this.givenUp !== undefined || this.trouble !== undefined || this.fenceWanted;
    this.givenUp = undefined;
    this.fenceWanted = false;
    if (this.trouble !== undefined) {
      this.trouble = { ...this.trouble, restartAtMs: nowMs, holdDownMs: 0, away: false };
    }
    return had;
  }

  /** Why the group had better run on another node, as a sentence. */
  wantsAway(): string | undefined {
    if (this.trouble?.away !== true) return undefined;
    return `${failureText(this.trouble.member, this.trouble.reason)} on this node`;
  }

  wantsFence(): boolean {
    return this.fenceWanted;
  }

  /** Why the group stays down although it is wished to run. */
  staysDown(): string | undefined {
    return this.givenUp;
  }

  /** What is being done, as a sentence; undefined when nothing is. */
  note(): string | undefined {
    if (this.givenUp !== undefined || this.trouble === undefined) return this.givenUp;
    const { member, reason, holdDownMs } = this.trouble;
    const next =
      holdDownMs === 0
        ? "it is restarted here"
        : `it is held down for ${holdDownMs / 1000} s before it is restarted`;
    return `${failureText(member, reason)}; ${next}`;
  }

  private repair(member: Member, reason: string, leave: boolean, nowMs: number): void {
    const { failures } = member;
    const holdDownMs = failures.holdDownMs();
    member.state = "failed";
    this.from = Math.min(this.from ?? Number.POSITIVE_INFINITY, this.members.indexOf(member));
    const sinceMs = this.trouble?.sinceMs ?? nowMs;
    const restartAtMs = Math.max(this.trouble?.restartAtMs ?? nowMs, nowMs + holdDownMs);
    this.trouble = { member, reason, sinceMs, restartAtMs, holdDownMs, away: leave || failures.exhausted() };
    if (holdDownMs > 0) {
      const fields = { failures: failures.count(), restartInMs: holdDownMs };
      this.event("resource.held-down", "warn", member, fields);
    }
  }
}

export function stuckText(member: Member): string {
  const reason = member.reason ?? "unknown reason";
  return `${member.name} cannot be stopped: ${reason}; no other node may start the group: stop it by hand, or reset this node`;
}

function failureText(member: Member, reason: string): string {
  const times = member.failures.count();
  return times > 1
    ? `${member.name} failed ${times} times, last: ${reason}`
    : `${member.name} failed: ${reason}`;
}

function givenUpText(member: Member, reason: string): string {
  return `${failureText(member, reason)}; its on-fail is stop, so it stays down until \`systole cleanup\` or \`systole takeover\``;
}

/** Why a resource that was started is not as it should be; undefined when it is. */
export function faultOf(result: OperationResult): string | undefined {
  if (!result.ok)
    return result.kind === "timeout" ? `its monitor timed out: ${result.reason}` : result.reason;
  if (result.state === "running") return undefined;
  return result.state === "stopped"
    ? "it is not running any more"
    : (result.reason ?? "it is there, and does not work");
}
