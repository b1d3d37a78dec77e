// One resource of a group on this node: what it does, how often it failed, and when it is looked at next.
import type {
  GroupMember,
  OperationResult,
  RecoveryRules,
  ResourceView,
  RunState,
} from "../../ports/index.js";
import { FailureCount } from "./failure-count.js";
import { rulesOf } from "./recovery-defaults.js";

/** Why the last start failed. */
export interface StartFailure {
  readonly resource: string;
  readonly kind: "timeout" | "not-here" | "error";
  readonly reason: string;
}

export const UNSEEN =
  "its start succeeded, and its status has never said that it runs: it is not watched until it does";

export class Member {
  readonly name: string;
  readonly agent: string;
  readonly rules: RecoveryRules;
  readonly failures: FailureCount;
  readonly canWarm: boolean;
  state: RunState = "unknown";
  reason: string | undefined;
  /** Started by the runner since it was last told to run. What is merely found running has told nobody where it is. */
  confirmed = false;
  /** Asked to be quick to start since it was last stopped. */
  warmed = false;
  /** It does not work, and its rules say that nothing follows from that. */
  ignored = false;
  /** A status has said that it runs, so that its word is worth something: scripts of old may never say it. */
  private seenRunning = false;
  private monitorAtMs = Number.POSITIVE_INFINITY;
  private readonly everyMs: number;

  constructor(spec: GroupMember) {
    this.name = spec.name;
    this.agent = spec.agent;
    this.rules = rulesOf(spec);
    this.failures = new FailureCount(this.rules);
    this.canWarm = spec.canWarm === true;
    const { monitorEveryMs } = this.rules;
    this.everyMs = monitorEveryMs === 0 ? Number.POSITIVE_INFINITY : monitorEveryMs * (1 + jitter(spec.name));
  }

  /** The first look comes at once. */
  scheduleMonitor(nowMs: number, first = false): void {
    this.monitorAtMs =
      nowMs + (first && Number.isFinite(this.everyMs) && !this.seenRunning ? 0 : this.everyMs);
  }

  /** Takes in what a status says; returns whether it counts as a failure that what was started is not there. */
  absenceCounts(result: OperationResult): boolean {
    if (result.ok && result.state === "running") this.seenRunning = true;
    return this.seenRunning;
  }

  /** Infinity while it is not looked at. */
  nextMonitorMs(): number {
    return this.state === "started" && this.confirmed ? this.monitorAtMs : Number.POSITIVE_INFINITY;
  }

  view(): ResourceView {
    const { name, agent, state, reason } = this;
    const failures = this.failures.count();
    return {
      name,
      agent,
      state,
      ...(reason === undefined ? {} : { reason }),
      ...(failures === 0 ? {} : { failures }),
    };
  }
}

/** Up to a tenth, always the same for a name: resources of one node are not all looked at in one moment. */
function jitter(name: string): number {
  let hash = 2_166_136_261;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
  return (hash >>> 0) / 2 ** 32 / 10;
}
