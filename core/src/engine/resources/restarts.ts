// Restarts that operators asked for: a resource is stopped and started where it runs, with what was started after it.
import type { GroupSpec, PolicyOutput } from "../../ports/index.js";
import { groupsText, namedGroups } from "./cleanup.js";
import type { GroupRunner } from "./group-runner.js";
import { LIMITS } from "../limits.js";

interface Pending {
  readonly id: number;
  readonly name: string;
  readonly runner: GroupRunner;
  readonly untilMs: number;
}

export interface RestartsInit {
  readonly groups: readonly GroupSpec[];
  readonly runners: ReadonlyMap<string, GroupRunner>;
  readonly timeoutMs: number;
  readonly emit: (output: PolicyOutput) => void;
}

export class Restarts {
  private pending: Pending[] = [];

  constructor(private readonly init: RestartsInit) {}

  /** `name`: of a group, or of a resource. */
  ask(id: number, name: string, nowMs: number): void {
    const { groups, runners, timeoutMs } = this.init;
    const [meant] = namedGroups(groups, name);
    const runner = meant === undefined ? undefined : runners.get(meant.key);
    if (meant === undefined || runner === undefined)
      return this.answer(id, false, `there is no group or resource ${name}; ${groupsText(groups)}`);
    const { key, resource } = meant;
    if (runner.wanted() !== "run" || runner.state() !== "started") {
      const reason = `${key} is not started here; say it where \`systole status\` shows it started`;
      return this.answer(id, false, reason);
    }
    if (this.pending.length >= LIMITS.pendingRequests)
      return this.answer(id, false, "too many requests are waiting; try again when one of them is done");
    const event = { name: "group.restarted", level: "info", fields: { group: key, resource } } as const;
    this.init.emit({ kind: "event", event });
    runner.recovery.restart(resource);
    runner.tick(nowMs);
    this.pending.push({ id, name: resource ?? key, runner, untilMs: nowMs + timeoutMs });
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

  private answer(id: number, ok: boolean, reason: string): void {
    this.init.emit({ kind: "operator.answered", id, ok, reason });
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
