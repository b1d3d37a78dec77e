// Is it me? What the engine makes of its own lateness and of what the host has observed: a node that was away itself has
// no right to judge others, and one without a carrier knows who is cut off.
import type { EngineEvent, SelfJudgement, SelfObserved, SelfView } from "../../ports/index.js";
import { LIMITS } from "../limits.js";

export interface ConditionTimings {
  readonly keepaliveMs: number;
  readonly deadMs: number;
}

/** The clocks that are compared tick coarsely. */
const SHORTEST_SUSPENSION_MS = 50;
/** Above this share of waiting the machine counts as strained, below the other it does not any more. */
const STRAIN = { beginsAt: 0.6, endsAt: 0.3 } as const;
/** The same for the share of CPU time that the hypervisor gave to others. */
const STEAL = { beginsAt: 0.2, endsAt: 0.05 } as const;

export interface Verdict {
  /** Undefined: nothing that the policy must hear of. */
  readonly judgement: SelfJudgement | undefined;
  readonly events: readonly EngineEvent[];
}

export class SelfCondition {
  private dueMs = Number.POSITIVE_INFINITY;
  /** When it last gave a sign of life: the others judge it by that. */
  private saidAtMs = 0;
  private carriers: SelfObserved["carriers"] = [];
  private suspendedMs: number | undefined;
  private stolen: { readonly ms: number; readonly atMs: number } | undefined;
  private cpuPressure: number | undefined;
  private suspensionMs: number | undefined;
  private stealShare: number | undefined;
  private cutOff = false;
  private strained = false;
  private robbed = false;
  private worst = { lateMs: 0, atMs: Number.NEGATIVE_INFINITY };
  private lateTimes = 0;

  constructor(private readonly timings: ConditionTimings) {}

  /** At the beginning of each step: was this node there in time? */
  begin(nowMs: number): SelfJudgement | undefined {
    const lateMs = nowMs - this.dueMs;
    if (lateMs <= this.timings.keepaliveMs) return undefined;
    this.lateTimes += 1;
    const isWorst = lateMs >= this.worst.lateMs || nowMs >= this.worst.atMs + LIMITS.latenessShownMs;
    if (isWorst) this.worst = { lateMs, atMs: nowMs };
    return { awayMs: nowMs - this.saidAtMs, cutOff: this.cutOff };
  }

  /** At the end of each step: when the next one is due. */
  end(dueMs: number, nowMs: number): void {
    this.dueMs = Math.max(dueMs, nowMs);
  }

  /** This node has given a sign of life. */
  said(nowMs: number): void {
    this.saidAtMs = nowMs;
  }

  observe(observed: SelfObserved, nowMs: number): Verdict {
    this.carriers = observed.carriers;
    const events = [...this.noteSteal(observed, nowMs), ...this.notePressure(observed)];
    const suspendedMs = grown(observed.suspendedMs, this.suspendedMs);
    this.suspendedMs = observed.suspendedMs ?? this.suspendedMs;
    const wasCutOff = this.cutOff;
    this.cutOff = isCutOff(observed);
    if (this.cutOff !== wasCutOff) events.push(carrierEvent(this.cutOff, observed));
    const wasSuspended = suspendedMs > Math.max(SHORTEST_SUSPENSION_MS, this.timings.keepaliveMs);
    if (this.suspendedMs !== undefined)
      this.suspensionMs = (this.suspensionMs ?? 0) + (wasSuspended ? suspendedMs : 0);
    if (wasSuspended)
      events.push({
        name: "self.suspended",
        level: "warn",
        fields: { suspendedMs: Math.round(suspendedMs) },
      });
    const matters = wasSuspended || this.cutOff !== wasCutOff;
    const awayMs = wasSuspended ? suspendedMs + (nowMs - this.saidAtMs) : 0;
    return { judgement: matters ? { awayMs, cutOff: this.cutOff } : undefined, events };
  }

  view(nowMs: number): SelfView {
    const isShown = nowMs < this.worst.atMs + LIMITS.latenessShownMs;
    const { suspensionMs, stealShare, cpuPressure, carriers, cutOff } = this;
    return {
      lateMs: isShown ? Math.round(this.worst.lateMs) : 0,
      lateTimes: this.lateTimes,
      ...(suspensionMs !== undefined && { suspendedMs: Math.round(suspensionMs) }),
      ...(stealShare !== undefined && { stealShare }),
      ...(cpuPressure !== undefined && { cpuPressure }),
      carriers,
      cutOff,
    };
  }

  private noteSteal({ stolenMs, cpus = 1 }: SelfObserved, nowMs: number): EngineEvent[] {
    const before = this.stolen;
    if (stolenMs === undefined) return [];
    this.stolen = { ms: stolenMs, atMs: nowMs };
    if (before === undefined || nowMs <= before.atMs) return [];
    const share = grown(stolenMs, before.ms) / ((nowMs - before.atMs) * cpus);
    this.stealShare = Math.min(1, share);
    const was = this.robbed;
    this.robbed = this.stealShare >= (was ? STEAL.endsAt : STEAL.beginsAt);
    return was === this.robbed ? [] : [strainEvent("self.steal", this.robbed, this.stealShare)];
  }

  private notePressure({ cpuPressure }: SelfObserved): EngineEvent[] {
    if (cpuPressure === undefined) return [];
    this.cpuPressure = cpuPressure;
    const was = this.strained;
    this.strained = cpuPressure >= (was ? STRAIN.endsAt : STRAIN.beginsAt);
    return was === this.strained ? [] : [strainEvent("self.pressure", this.strained, cpuPressure)];
  }
}

/** Every one of them is known to have lost it. */
function isCutOff({ carriers }: SelfObserved): boolean {
  return carriers.length > 0 && carriers.every(({ state }) => state === "lost");
}

function grown(now: number | undefined, before: number | undefined): number {
  return now === undefined || before === undefined ? 0 : Math.max(0, now - before);
}

function carrierEvent(cutOff: boolean, { carriers }: SelfObserved): EngineEvent {
  const interfaces = carriers.map((carrier) => carrier.interface);
  return cutOff
    ? { name: "self.cut-off", level: "warn", fields: { interfaces } }
    : { name: "self.reconnected", level: "info", fields: { interfaces } };
}

function strainEvent(name: string, begins: boolean, share: number): EngineEvent {
  const fields = { begins, share: Math.round(share * 100) / 100 };
  return { name, level: begins ? "warn" : "info", fields };
}
