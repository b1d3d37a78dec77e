// What an operator asked for, until it is done: a request is answered once, with a sentence, in bounded time.
import type { OperatorRequest, PolicyOutput } from "../../../ports/index.js";
import { LIMITS } from "../../limits.js";
import type { GroupClaim } from "./group-claim.js";

interface Pending {
  readonly id: number;
  readonly verb: string;
  /** Groups that are to move, each to its new owner. */
  readonly moves: readonly { readonly group: GroupClaim; readonly to: string }[];
  readonly untilMs: number;
}

/** `started`: it runs there. `failed`: it cannot. Undefined: still under way. */
export type Progress =
  | { readonly kind: "started" }
  | { readonly kind: "failed"; readonly reason: string }
  | undefined;

export class OperatorRequests {
  private pending: Pending[] = [];

  constructor(
    private readonly timeoutMs: number,
    private readonly emit: (output: PolicyOutput) => void,
  ) {}

  wait(id: number, request: OperatorRequest, moves: Pending["moves"], nowMs: number): void {
    if (this.pending.length >= LIMITS.pendingRequests) {
      this.answer(id, false, "too many requests are waiting; try again when one of them is done");
      return;
    }
    this.pending.push({ id, verb: request.kind, moves, untilMs: nowMs + this.timeoutMs });
  }

  answer(id: number, ok: boolean, reason: string): void {
    this.emit({ kind: "operator.answered", id, ok, reason });
  }

  /** Answers what is done, what failed, and what took too long. */
  advance(progressOf: (group: GroupClaim, to: string) => Progress, nowMs: number): void {
    this.pending = this.pending.filter((request) => {
      const verdict = judge(request, progressOf, nowMs);
      if (verdict === undefined) return true;
      this.answer(request.id, verdict.ok, verdict.reason);
      return false;
    });
  }

  waiting(): boolean {
    return this.pending.length > 0;
  }

  deadline(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.pending.map((request) => request.untilMs));
  }
}

function judge(
  request: Pending,
  progressOf: (group: GroupClaim, to: string) => Progress,
  nowMs: number,
): { readonly ok: boolean; readonly reason: string } | undefined {
  const open: string[] = [];
  for (const { group, to } of request.moves) {
    const { claim } = group;
    // Also without a later epoch: another claim of the same epoch may have come first in the order.
    if (claim.owner !== to) {
      return {
        ok: false,
        reason: `${group.spec.key} went to ${claim.owner ?? "nobody"} instead: ${group.why}`,
      };
    }
    const progress = progressOf(group, to);
    if (progress?.kind === "failed")
      return { ok: false, reason: `${group.spec.key} on ${to}: ${progress.reason}` };
    if (progress === undefined)
      open.push(`${group.spec.key}${group.waiting === undefined ? "" : ` (${group.waiting})`}`);
  }
  if (open.length === 0) {
    const moved = request.moves.map(({ group, to }) => `${group.spec.key} runs on ${to}`);
    return { ok: true, reason: moved.join("; ") };
  }
  if (nowMs < request.untilMs) return undefined;
  return { ok: false, reason: `${request.verb} was not done in time; still waiting for ${open.join(", ")}` };
}
