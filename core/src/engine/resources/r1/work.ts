// The queue of groups to start and stop: one group at a time, as heartbeat runs its scripts.
import type { GroupSpec } from "../../../ports/index.js";
import { activePeer, isLegacy, raise, type R1Context } from "./context.js";
import { isLocal } from "./sets.js";
import type { After, Job } from "./state.js";
import { R1_TIMINGS } from "./timings.js";

/**
 * Queues groups. A waiting job of the same purpose is folded into the new one, except for groups that were meant
 * otherwise since: so the queue is bounded by the kinds of jobs and the number of groups.
 */
export function enqueue(ctx: R1Context, action: Job["action"], keys: readonly string[], after: After): void {
  const { jobs } = ctx.state;
  const isAlike = (job: Job) => job.action === action && isSameEnd(job.after, after);
  const last = jobs.at(-1);
  if (last !== undefined && isAlike(last)) {
    last.keys = [...new Set([...last.keys, ...keys])];
    last.after = after;
    return;
  }
  const index = jobs.findIndex((job, place) => place > 0 && isAlike(job));
  const [waiting] = index === -1 ? [] : jobs.splice(index, 1);
  const meantOtherwise = new Set(jobs.slice(index).flatMap((job) => (job.action === action ? [] : job.keys)));
  const carried = (waiting?.keys ?? []).filter((key) => !meantOtherwise.has(key));
  const all = [...new Set([...carried, ...keys])];
  jobs.push({ action, keys: all, after, busy: undefined, undoing: false, retryAtMs: undefined });
}

function isSameEnd(left: After, right: After): boolean {
  if (left.kind !== right.kind) return false;
  return left.kind === "ip-answer" && right.kind === "ip-answer" ? left.key === right.key : true;
}

/** Takes groups out of what is still to be started. */
export function dropAcquisitions(ctx: R1Context, keys: readonly string[]): void {
  for (const job of ctx.state.jobs) {
    if (job.action === "acquire") job.keys = job.keys.filter((key) => !keys.includes(key));
  }
}

/** Nobody waits for these answers any more. */
export function dropAnswers(ctx: R1Context): void {
  for (const job of ctx.state.jobs) {
    if (job.after.kind === "ip-answer") job.after = { kind: "nothing" };
  }
}

/** Leaves what is still to be stopped for the end of a standby as it is. */
export function dropGiving(ctx: R1Context): void {
  for (const job of ctx.state.jobs) {
    if (job.after.kind === "given") job.keys = [];
  }
}

/** Starts or stops the next group; `complete` is told about each job whose groups have all reported. */
export function runQueue(ctx: R1Context, complete: (after: After) => void): void {
  const { jobs } = ctx.state;
  for (let job = jobs[0]; job !== undefined && isReady(job, ctx.nowMs); job = jobs[0]) {
    const key = job.keys.shift();
    if (key === undefined) {
      jobs.shift();
      complete(job.after);
    } else if (job.action === "release") {
      ask(ctx, job, key, "group.stop");
    } else if (ctx.state.groups.get(key) !== "started") {
      ask(ctx, job, key, "group.start");
    } else {
      // The peer, who may have run it as well, may have had the last word on where it is.
      ctx.out.push({ kind: "group.announce", key });
    }
  }
}

function isReady(job: Job, nowMs: number): boolean {
  if (job.busy !== undefined) return false;
  if (job.retryAtMs !== undefined && job.retryAtMs > nowMs) return false;
  job.retryAtMs = undefined;
  return true;
}

function ask(ctx: R1Context, job: Job, key: string, kind: "group.start" | "group.stop"): void {
  job.busy = key;
  ctx.state.groups.set(key, kind === "group.start" ? "starting" : "stopping");
  const urgent = kind === "group.stop" && job.after.kind === "yielded";
  ctx.out.push({ kind, key, ...(urgent && { urgent }) });
}

/** The runner's answer. A report that nobody waits for only corrects what is known. */
export function groupReported(
  ctx: R1Context,
  key: string,
  reported: "started" | "stopped" | "failed",
  reason: string,
): void {
  const { state } = ctx;
  if (!state.groups.has(key)) return;
  state.groups.set(key, reported);
  const job = state.jobs[0];
  if (job === undefined || job.busy !== key) return;
  job.busy = undefined;
  if (job.action === "release") return releaseReported(ctx, job, key, reported, reason);
  if (job.undoing) {
    job.undoing = false;
    // It stays `failed` for those who look: the set is still claimed, and the group does not run.
    state.groups.set(key, "failed");
    if (reported !== "stopped") raise(ctx, "error", "r1.stop-failed", { group: key, reason });
  } else if (reported !== "started") {
    startFailed(ctx, job, key, reason);
  }
}

/** Its set is offered to the peer as soon as it can be, as after a start that failed. */
export function groupFailing(ctx: R1Context, key: string, reason: string): void {
  const group = ctx.init.groups.find((candidate) => candidate.key === key);
  if (group === undefined || ctx.state.groups.get(key) !== "started") return;
  raise(ctx, "warn", "r1.group-failing", { group: key, reason });
  ctx.state.failedStarts.set(isLocal(group, ctx.init.self) ? "local" : "foreign", ctx.nowMs);
}

/** An operator has mended it: what this node claims and does not run is started again. */
export function groupCleaned(ctx: R1Context, key: string): void {
  const group = ctx.init.groups.find((candidate) => candidate.key === key);
  if (group === undefined || ctx.state.phase !== "stable") return;
  ctx.state.failedStarts.delete(isLocal(group, ctx.init.self) ? "local" : "foreign");
  startAgain(ctx, [group]);
}

/** Groups of this node that failed to start, and that nobody else is given. */
export function startAgain(ctx: R1Context, groups: readonly GroupSpec[]): void {
  const { state, init } = ctx;
  const isStopping = (key: string): boolean =>
    state.jobs.some((job) => job.action === "release" && (job.busy === key || job.keys.includes(key)));
  const claims = (group: GroupSpec): boolean => {
    const atHome = isLocal(group, init.self);
    if (isLegacy(ctx)) return atHome || activePeer(ctx) === undefined;
    return atHome ? state.holds.local : state.holds.foreign;
  };
  const failed = groups.filter((group) => state.groups.get(group.key) === "failed");
  const keys = failed.filter((group) => claims(group) && !isStopping(group.key)).map(({ key }) => key);
  if (keys.length > 0) enqueue(ctx, "acquire", keys, { kind: "nothing" });
}

function releaseReported(
  ctx: R1Context,
  job: Job,
  key: string,
  reported: "started" | "stopped" | "failed",
  reason: string,
): void {
  if (reported === "stopped") return;
  // Nothing that may still run is handed over: the job does not end before the group is down.
  raise(ctx, "error", "r1.stop-failed", { group: key, reason, retryMs: R1_TIMINGS.releaseRetryMs });
  job.keys.unshift(key);
  job.retryAtMs = ctx.nowMs + R1_TIMINGS.releaseRetryMs;
}

function startFailed(ctx: R1Context, job: Job, key: string, reason: string): void {
  const group = ctx.init.groups.find((candidate) => candidate.key === key);
  if (group !== undefined) {
    const set = isLocal(group, ctx.init.self) ? "local" : "foreign";
    ctx.state.failedStarts.set(set, ctx.nowMs + R1_TIMINGS.failedStartStandbyMs);
  }
  raise(ctx, "error", "r1.start-failed", { group: key, reason });
  job.undoing = true;
  ask(ctx, job, key, "group.stop");
}
