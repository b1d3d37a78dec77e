// Leaving in good order: announce it, give everything up, say goodbye (4.8 of the protocol).
import { answerRequest, isLegacy, report, send, type R1Context } from "./context.js";
import { shutdoneMessage } from "./messages.js";
import { ALL, keysIn, NONE } from "./sets.js";
import { cancelStandby } from "./standby.js";
import { R1_TIMINGS } from "./timings.js";
import { enqueue } from "./work.js";

/** Remembers who asked; the stop begins when nothing is moving. */
export function requestStop(ctx: R1Context, id: number): void {
  const { state } = ctx;
  if (state.released) {
    ctx.out.push({ kind: "operator.answered", id, ok: true, reason: "Every group is given up already." });
  } else if (state.stops.length >= R1_TIMINGS.waitingStops) {
    ctx.out.push({
      kind: "operator.answered",
      id,
      ok: false,
      reason: "Too many requests to stop are waiting.",
    });
  } else {
    state.stops.push(id);
    if (state.phase !== "shutdown") state.stopPatienceAtMs ??= ctx.nowMs + R1_TIMINGS.stopPatienceMs;
  }
}

/** Begins a stop that waited, once nothing of ours moves and no exchange is under way. */
export function watchStop(ctx: R1Context): void {
  const { state } = ctx;
  if (state.stops.length === 0 || state.phase === "shutdown" || state.jobs.length > 0) return;
  if (state.stopPatienceAtMs !== undefined && state.stopPatienceAtMs <= ctx.nowMs) {
    state.stopPatienceAtMs = undefined;
    cancelStandby(ctx, "This node is stopping.");
  }
  if (state.standby.kind === "none") beginStop(ctx);
}

function beginStop(ctx: R1Context): void {
  const { state, init } = ctx;
  const wasSilent = state.phase === "init";
  const idle = [...state.groups.values()].every((group) => group === "stopped");
  answerRequest(ctx, false, "This node is stopping.");
  forgetPlans(ctx);
  state.phase = "shutdown";
  state.holds = NONE;
  if (wasSilent && idle) return depart(ctx);
  if (!isLegacy(ctx)) report(ctx, NONE, false, "shutdown");
  enqueue(ctx, "release", keysIn(init.groups, init.self, ALL), { kind: "released" });
}

function forgetPlans(ctx: R1Context): void {
  const { state } = ctx;
  state.localTakeoverAtMs = undefined;
  state.startingAgainAtMs = undefined;
  state.announceDue = false;
  state.needsFailback = false;
  state.fence = undefined;
  state.failedStarts.clear();
  state.bothOwn = undefined;
  state.unclaimedAtMs = undefined;
  state.unknownAtMs = undefined;
  state.probeAtMs = undefined;
  state.sayAgainAtMs = undefined;
  state.legacyHealAtMs = undefined;
  state.ipRequests.clear();
  state.stopPatienceAtMs = undefined;
  state.ipfail.giveUp = undefined;
  state.ipfail.postponed = false;
  state.ipfail.countAgainAtMs = undefined;
}

/** The last group is down. */
export function allReleased(ctx: R1Context): void {
  send(ctx, shutdoneMessage());
  depart(ctx);
}

function depart(ctx: R1Context): void {
  const { state } = ctx;
  state.released = true;
  ctx.out.push({ kind: "released" });
  for (const id of state.stops.splice(0)) {
    ctx.out.push({ kind: "operator.answered", id, ok: true, reason: "Every group is given up." });
  }
}
