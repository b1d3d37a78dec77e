// Carries one group of resources to where the policy wants it: started in order, stopped in the reverse order, one
// operation at a time. It decides nothing about who should run the group.
import type {
  EngineEvent,
  GroupSpec,
  OperationResult,
  PolicyOutput,
  ResourceAction,
  ResourceView,
  RunState,
} from "../../ports/index.js";
import { LIMITS } from "../limits.js";

export type Wish = "run" | "stop";

interface Member {
  readonly name: string;
  readonly agent: string;
  state: RunState;
  reason: string | undefined;
  /** Started by this runner since it was last told to run. What is merely found running has told nobody where it is. */
  confirmed: boolean;
}

interface Operation {
  readonly id: number;
  readonly member: Member;
  readonly action: ResourceAction;
  cancelled: boolean;
}

export interface RunnerInit {
  readonly group: GroupSpec;
  readonly timeoutMs: Readonly<Record<ResourceAction, number>>;
  /** Ids are shared by all runners of a policy. */
  readonly nextId: () => number;
  readonly emit: (output: PolicyOutput) => void;
}

/** What became of a wish since the last time it was asked. */
export interface StartFailure {
  readonly resource: string;
  readonly kind: "timeout" | "not-here" | "error";
  readonly reason: string;
}

export class GroupRunner {
  readonly key: string;
  private readonly members: readonly Member[];
  private wish: Wish = "stop";
  private operation: Operation | undefined;
  private stopFailures = 0;
  private retryAtMs: number | undefined;
  /** Set when a start failed; the runner then stops everything and waits for `run` to be wished anew. */
  private failure: StartFailure | undefined;

  constructor(private readonly init: RunnerInit) {
    this.key = init.group.key;
    // What an earlier life left behind is not known: it is looked at, and stopped, before anything else.
    this.members = init.group.resources.map((resource) => ({
      name: resource.name,
      agent: resource.agent,
      state: "unknown",
      reason: undefined,
      confirmed: false,
    }));
  }

  /** Changes the direction. An operation under way that works against it is cancelled. */
  want(wish: Wish, nowMs: number): void {
    if (wish === this.wish) return;
    this.wish = wish;
    this.retryAtMs = undefined;
    if (wish === "run") {
      this.failure = undefined;
      this.stopFailures = 0;
      for (const member of this.members) member.confirmed = false;
    }
    const operation = this.operation;
    if (wish === "stop" && operation?.action === "start" && !operation.cancelled) {
      operation.cancelled = true;
      this.init.emit({ kind: "agent.cancel", id: operation.id });
    }
    this.advance(nowMs);
  }

  tick(nowMs: number): void {
    if (this.retryAtMs !== undefined && nowMs < this.retryAtMs) return;
    this.retryAtMs = undefined;
    this.advance(nowMs);
  }

  deadline(): number {
    return this.retryAtMs ?? Number.POSITIVE_INFINITY;
  }

  /** True when the report belonged to this group. */
  report(id: number, result: OperationResult, nowMs: number): boolean {
    const operation = this.operation;
    if (operation?.id !== id) return false;
    this.operation = undefined;
    this.settle(operation, result, nowMs);
    this.advance(nowMs);
    return true;
  }

  /** Tells the network again where the resources are. Not tracked: a lost announcement is repeated by its agent. */
  announce(): void {
    if (this.state() !== "started") return;
    for (const member of this.members) this.run(member, "announce", this.init.nextId());
  }

  startFailure(): StartFailure | undefined {
    return this.failure;
  }

  /** True when a stop failed too often for hope. */
  stuck(): boolean {
    return this.stopFailures > LIMITS.stopRetries;
  }

  wanted(): Wish {
    return this.wish;
  }

  state(): RunState {
    const states = this.members.map((member) => member.state);
    if (states.every((state) => state === "stopped")) return "stopped";
    if (states.every((state) => state === "started")) {
      if (this.wish === "stop") return "stopping";
      return this.members.every(({ confirmed }) => confirmed) ? "started" : "starting";
    }
    if (this.stuck()) return "failed";
    if (states.every((state) => state === "unknown" || state === "stopped")) return "unknown";
    return this.wish === "run" ? "starting" : "stopping";
  }

  resources(): readonly ResourceView[] {
    return this.members.map(({ name, agent, state, reason }) => ({
      name,
      agent,
      state,
      ...(reason === undefined ? {} : { reason }),
    }));
  }

  private settle(operation: Operation, result: OperationResult, nowMs: number): void {
    const { member, action } = operation;
    if (action === "status") {
      member.state = result.ok && result.state === "stopped" ? "stopped" : "started";
      return;
    }
    if (result.ok) {
      member.state = action === "start" ? "started" : "stopped";
      member.confirmed = action === "start";
      member.reason = undefined;
      if (action === "stop") this.stopFailures = 0;
      return;
    }
    member.state = "failed";
    member.reason = result.reason;
    if (action === "stop") this.stopFailed(member, result.reason, nowMs);
    else if (!operation.cancelled) this.startFailed(member, result.kind, result.reason);
  }

  private startFailed(member: Member, kind: StartFailure["kind"], reason: string): void {
    this.failure = { resource: member.name, kind, reason };
    this.event("resource.start-failed", "error", { resource: member.name, kind, reason });
    this.wish = "stop";
  }

  private stopFailed(member: Member, reason: string, nowMs: number): void {
    this.stopFailures += 1;
    const delayMs = this.stuck() ? LIMITS.stuckStopRetryMs : LIMITS.stopRetryMs;
    this.retryAtMs = nowMs + delayMs;
    this.event("resource.stop-failed", "error", {
      resource: member.name,
      reason,
      attempt: this.stopFailures,
      retryInMs: delayMs,
    });
  }

  private advance(nowMs: number): void {
    if (this.operation !== undefined) return;
    if (this.retryAtMs !== undefined && nowMs < this.retryAtMs) return;
    const next = this.wish === "run" ? this.nextUp() : this.nextDown();
    if (next === undefined) return;
    const [member, action] = next;
    if (action === "start") member.state = "starting";
    if (action === "stop") member.state = "stopping";
    const id = this.init.nextId();
    this.operation = { id, member, action, cancelled: false };
    this.run(member, action, id);
  }

  private nextUp(): readonly [Member, ResourceAction] | undefined {
    const member = this.members.find(({ state, confirmed }) => state !== "started" || !confirmed);
    if (member === undefined) return undefined;
    return [member, member.state === "unknown" ? "status" : "start"];
  }

  private nextDown(): readonly [Member, ResourceAction] | undefined {
    const member = this.members.findLast((candidate) => candidate.state !== "stopped");
    if (member === undefined) return undefined;
    return [member, member.state === "unknown" ? "status" : "stop"];
  }

  private run(member: Member, action: ResourceAction, id: number): void {
    const timeoutMs = this.init.timeoutMs[action];
    this.init.emit({ kind: "agent.run", id, resource: member.name, action, timeoutMs });
  }

  private event(name: string, level: EngineEvent["level"], fields: EngineEvent["fields"]): void {
    this.init.emit({ kind: "event", event: { name, level, fields: { group: this.key, ...fields } } });
  }
}
