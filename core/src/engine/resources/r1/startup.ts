// From `starting` to stable, and what a peer's reports mean at any time (4.4, 4.5 and 4.6 of the protocol).
import {
  activePeer,
  activePeerView,
  announce,
  deadPeer,
  isLegacy,
  isStale,
  raise,
  report,
  send,
  type R1Context,
} from "./context.js";
import { requestOwn } from "./legacy.js";
import { ipfailJoinMessage, startingMessage, type Position, type ResourceReport } from "./messages.js";
import { heldOf, keysIn, union } from "./sets.js";
import { cancelStandby, reportedAfterGiving, reportedGiving } from "./standby.js";
import { peerDied, takeOver } from "./takeover.js";
import { R1_TIMINGS } from "./timings.js";
import { enqueue } from "./work.js";

/** This node became active. */
export function becomeActive(ctx: R1Context): void {
  const { state, init } = ctx;
  if (state.phase !== "init") return;
  if (init.nodes.length > 2) raise(ctx, "warn", "r1.more-than-two-nodes", { nodes: init.nodes });
  if (isLegacy(ctx)) {
    state.phase = "stable";
  } else {
    state.phase = "starting";
    state.startingAgainAtMs = ctx.nowMs + R1_TIMINGS.startingAgainMs;
    send(ctx, startingMessage());
    if (init.ipfail) send(ctx, ipfailJoinMessage());
  }
  const dead = deadPeer(ctx);
  const alone = init.nodes.every((node) => node === init.self);
  if (dead !== undefined) peerDied(ctx, dead);
  else if (alone || state.peerLeft) takeOver(ctx, activePeer(ctx) ?? init.self);
  else if (isLegacy(ctx)) requestOwn(ctx);
}

export function peerStarting(ctx: R1Context, from: string, position: Position | undefined): void {
  const { state } = ctx;
  if (isLegacy(ctx) || isStale(ctx, position)) return;
  state.peerLeft = false;
  state.otherStable = false;
  cancelStandby(ctx, `${from} restarted.`);
  if (state.phase === "starting") state.phase = "both-starting";
  announce(ctx);
  reportSeen(ctx);
}

/** A peer says what it holds. */
export function peerReported(ctx: R1Context, from: string, report: ResourceReport): void {
  const { state } = ctx;
  if (isLegacy(ctx) || isStale(ctx, report.position)) return;
  if (state.peerLeft && !isNewLife(ctx, report.position)) return;
  state.peerLeft = false;
  if (report.full && report.position !== undefined) state.lastReport = report.position;
  learn(ctx, report);
  raise(ctx, "debug", "r1.reported", { peer: from, held: report.held, stable: report.stable });
  reportSeen(ctx);
  if (report.info === "standby") reportedGiving(ctx);
  if (report.stable === undefined) return;
  const becameStable = report.stable && !state.otherStable;
  state.otherStable = report.stable;
  if (becameStable) announce(ctx);
  if (report.stable) reportedAfterGiving(ctx);
  if (report.stable && isStarting(ctx)) becomeStable(ctx);
}

function learn(ctx: R1Context, report: ResourceReport): void {
  const { state } = ctx;
  const held = heldOf(report.held);
  state.otherHolds = report.full || report.held === "none" ? held : union(state.otherHolds, held);
  state.otherKnown = true;
  if (report.info === "shutdown" || report.info === "standby") state.otherReleasing = true;
  else if (report.full) state.otherReleasing = false;
  // It will restart or leave by itself: what both hold is settled by that.
  if (report.info === "shutdown") state.probeAtMs = undefined;
}

function isNewLife(ctx: R1Context, position: Position | undefined): boolean {
  const { lastReport } = ctx.state;
  if (position === undefined || lastReport === undefined) return false;
  return position.generation > lastReport.generation;
}

export function isStarting(ctx: R1Context): boolean {
  const { phase } = ctx.state;
  return phase === "starting" || phase === "both-starting" || phase === "reports-received";
}

/** Any report, also our own, ends the first part of starting and sets the clock for the second. */
function reportSeen(ctx: R1Context): void {
  const { state } = ctx;
  if (state.phase !== "starting" && state.phase !== "both-starting") return;
  state.phase = "reports-received";
  state.startingAgainAtMs = undefined;
  state.localTakeoverAtMs = ctx.nowMs + R1_TIMINGS.localTakeoverMs;
}

function becomeStable(ctx: R1Context): void {
  const { state } = ctx;
  state.phase = "stable";
  state.localTakeoverAtMs = undefined;
  state.startingAgainAtMs = undefined;
  acquireOwn(ctx);
  announce(ctx);
}

/** Takes the groups at home elsewhere: both rest, and the peer does not. */
export function acquireForeign(ctx: R1Context): void {
  const { state, init } = ctx;
  state.holds = { local: state.holds.local, foreign: true };
  state.needsFailback = true;
  const keys = keysIn(init.groups, init.self, { local: false, foreign: true });
  enqueue(ctx, "acquire", keys, { kind: "announce" });
}

/** Takes the groups at home here, unless the peer holds them. */
export function acquireOwn(ctx: R1Context): void {
  const { state, init } = ctx;
  if (state.otherHolds.foreign) return raise(ctx, "info", "r1.own-groups-elsewhere");
  state.holds = { local: true, foreign: state.holds.foreign };
  const keys = keysIn(init.groups, init.self, { local: true, foreign: false });
  enqueue(ctx, "acquire", keys, { kind: "own-acquired" });
}

export function startupTimers(ctx: R1Context): void {
  const { state, nowMs } = ctx;
  if (state.announceDue) joinInMidLife(ctx);
  const isDue = state.localTakeoverAtMs !== undefined && state.localTakeoverAtMs <= nowMs;
  if (isDue && state.fence === undefined && !isPeerSilent(ctx)) becomeStable(ctx);
  if (state.startingAgainAtMs === undefined || state.startingAgainAtMs > nowMs) return;
  state.startingAgainAtMs = nowMs + R1_TIMINGS.startingAgainMs;
  if (state.phase === "starting" && activePeer(ctx) !== undefined) send(ctx, startingMessage());
}

/** It may be cut off, and has taken what this node has not claimed: soon it is heard again, or called dead. */
function isPeerSilent(ctx: R1Context): boolean {
  const heardAtMs = activePeerView(ctx)?.heardAtMs;
  return heardAtMs !== undefined && ctx.nowMs - heardAtMs > 2 * ctx.init.keepaliveMs;
}

/**
 * Makes the peer report what it holds: heartbeat answers when a node that was unstable is stable. A peer that waits for
 * a stable node to start hears the second message as that.
 */
export function probe(ctx: R1Context): void {
  const { state } = ctx;
  state.probeAtMs = ctx.nowMs + R1_TIMINGS.probeMs;
  report(ctx, state.holds, false);
}

/** The peer takes what is at home there as soon as it is active, and need not ask. */
function joinLegacy(ctx: R1Context): void {
  requestOwn(ctx);
  if (ctx.state.holds.foreign) ctx.state.legacyHealAtMs = ctx.nowMs + R1_TIMINGS.healRestartMs;
}

/** Taking over from another machine: what is half held is completed, and the peer hears what this node holds. */
function joinInMidLife(ctx: R1Context): void {
  const { state, init } = ctx;
  state.announceDue = false;
  if (isLegacy(ctx)) return joinLegacy(ctx);
  enqueue(ctx, "acquire", keysIn(init.groups, init.self, state.holds), { kind: "nothing" });
  probe(ctx);
}
