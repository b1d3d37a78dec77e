// Restarts that operators asked for: a resource is stopped and started where it runs, with what was started after it.
import type { PolicyOutput } from "../../ports/index.js";
import type { GroupRunner } from "./group-runner.js";
import { LIMITS } from "../limits.js";

interface Pending {
  readonly id: number;
  readonly name: string;
  readonly runner: GroupRunner;
  readonly untilMs: number;
}

export class Restarts {
  private pending: Pending[] = [];

  constructor(
    private readonly timeoutMs: number,
    private readonly emit: (output: PolicyOutput) => void,
  ) {}

  /** `resource`: of that group; undefined: all of it. */
  begin(id: number, runner: GroupRunner, resource: string | undefined, nowMs: number): void {
    if (this.pending.length >= LIMITS.pendingRequests)
      return this.answer(id, false, "too many requests are waiting; try again when one of them is done");
    runner.recovery.restart(resource);
    runner.tick(nowMs);
    const name = resource ?? runner.key;
    this.pending.push({ id, name, runner, untilMs: nowMs + this.timeoutMs });
  }

  answer(id: number, ok: boolean, reason: string): void {
    this.emit({ kind: "operator.answered", id, ok, reason });
  }

  advance(nowMs: number): void {
    this.pending = this.pending.filter((request) => {
      const answer = judge(request, nowMs);
      if (answer !== undefined) this.answer(request.id, answer.ok, answer.reason);
      return answer === undefined;
    });
  }

  deadline(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.pending.map(({ untilMs }) => untilMs));
  }
}

function judge(
  { name, runner, untilMs }: Pending,
  nowMs: number,
): { readonly ok: boolean; readonly reason: string } | undefined {
  const failure = runner.startFailure();
  if (failure !== undefined)
    return { ok: false, reason: `${failure.resource} was stopped and does not start: ${failure.reason}` };
  if (runner.wanted() !== "run")
    return {
      ok: false,
      reason: `${name} was stopped, and is not to run here any more; see \`systole status\``,
    };
  if (runner.recovery.stopsFrom() === undefined && runner.state() === "started")
    return { ok: true, reason: `${name} was restarted` };
  if (nowMs < untilMs) return undefined;
  return {
    ok: false,
    reason: `the restart of ${name} was not done in time; ${runner.note() ?? "it goes on"}`,
  };
}
