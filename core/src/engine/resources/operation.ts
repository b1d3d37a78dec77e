// The one operation that is under way for a group: asked of an agent, perhaps no longer wanted, answered exactly once.
import type { PolicyOutput, ResourceAction } from "../../ports/index.js";
import type { Member } from "./member.js";

/** `look`: what did an earlier life leave? `monitor`: does what was started still work? Both ask for the status. */
export type Step = "look" | "monitor" | "start" | "stop" | "warm";

export interface Operation {
  readonly id: number;
  readonly member: Member;
  readonly step: Step;
  /** Nothing is to be concluded from how it ends. */
  cancelled: boolean;
}

export interface OperationInit {
  readonly timeoutMs: Readonly<Record<ResourceAction, number>>;
  /** Ids are shared by all runners of a policy. */
  readonly nextId: () => number;
  readonly emit: (output: PolicyOutput) => void;
}

export class CurrentOperation {
  private current: Operation | undefined;

  constructor(private readonly init: OperationInit) {}

  underWay(): boolean {
    return this.current !== undefined;
  }

  /** `urgent`: a stop finishes nothing first. */
  begin(member: Member, step: Step, urgent: boolean): void {
    if (step === "start") member.state = "starting";
    if (step === "stop") member.state = "stopping";
    const id = this.init.nextId();
    this.current = { id, member, step, cancelled: false };
    this.ask(member, step === "look" || step === "monitor" ? "status" : step, id, urgent && step === "stop");
  }

  /** The operation that has ended, if it was this one. */
  end(id: number): Operation | undefined {
    const { current } = this;
    if (current?.id !== id) return undefined;
    this.current = undefined;
    return current;
  }

  /** Cancels it if it is one of these; it still ends in its own time. */
  cancel(steps: readonly Step[]): void {
    const { current } = this;
    if (current === undefined || current.cancelled || !steps.includes(current.step)) return;
    current.cancelled = true;
    this.init.emit({ kind: "agent.cancel", id: current.id });
  }

  /** An action beside the current one, whose end nobody waits for. */
  aside(member: Member, action: ResourceAction): void {
    this.ask(member, action, this.init.nextId(), false);
  }

  private ask(member: Member, action: ResourceAction, id: number, urgent: boolean): void {
    const timeoutMs = member.rules.operationTimeoutMs[action] ?? this.init.timeoutMs[action];
    const order = { id, resource: member.name, action, timeoutMs };
    this.init.emit({ kind: "agent.run", ...order, ...(urgent && { urgent }) });
  }
}
