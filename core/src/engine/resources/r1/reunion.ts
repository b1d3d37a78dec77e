// Two nodes that lost sight of each other meet again, and what the protocol itself leaves open then.
//
// heartbeat restarts itself when a node it declared dead returns in the same life: 2 s later it announces its shutdown,
// gives everything up, says goodbye, and comes back as a new life. This node never does that. It keeps what it runs,
// and the peer's own messages settle the rest: `shutdown`, `shutdone`, `starting`, and then failback as usual.
// But a heartbeat that was frozen does not restart: for it we were never dead, and it claims everything beside us. Users
// are with this node then, and heartbeat does not announce an address that it already has. So when both claim the same
// set and the peer has not announced its shutdown within the time that its restart would take, this node asks for the set
// as an operator's takeover does; only if that is not answered either, it lets go itself. To learn what a returned peer
// claims, this node says that it is unstable and then that it is stable: heartbeat answers that with a report.
import {
  activePeer,
  announce,
  isLegacy,
  isQuiet,
  isSettled,
  isStopping,
  raise,
  type R1Context,
} from "./context.js";
import { heldText, isNone, keysIn, mirrored, overlap, without, type Held } from "./sets.js";
import { acquireForeign, acquireOwn, isStarting, probe } from "./startup.js";
import { askForTakeover } from "./standby.js";
import { R1_TIMINGS } from "./timings.js";
import { dropAcquisitions, enqueue } from "./work.js";

/** A peer that was dead, or in another life, is heard again. `ready`: it is active already. */
export function peerReturned(ctx: R1Context, node: string, reason: string, ready: boolean): void {
  const { state } = ctx;
  state.otherStable = false;
  state.otherKnown = false;
  state.otherReleasing = false;
  state.peerLeft = false;
  if (state.fence !== undefined) raise(ctx, "warn", "r1.fence-abandoned", { node });
  state.fence = undefined;
  if (isStarting(ctx)) startAnew(ctx);
  if (state.phase !== "stable") return;
  const healed = reason === "partition-healed";
  // One that comes ready has started where it heard nobody, and has taken everything: for a heartbeat we are newcomers then.
  if (isLegacy(ctx)) {
    if (healed || ready) healLegacy(ctx);
  } else if (healed) {
    probe(ctx);
  }
}

/** What was said before counts for nothing: the peer may have taken everything, and is asked again. */
function startAnew({ state, nowMs }: R1Context): void {
  state.phase = "starting";
  state.localTakeoverAtMs = undefined;
  state.startingAgainAtMs = nowMs;
}

/** The peer says that this node is dead, and has taken everything: it does not hear what is said here, or did not for a while. */
export function calledDead(ctx: R1Context): void {
  const { state } = ctx;
  if (state.phase !== "stable") return;
  if (isLegacy(ctx)) healLegacy(ctx);
  else state.otherKnown = false;
}

/** This node itself was away: what is due since then waits for what was said meanwhile. */
export function cameBack(ctx: R1Context): void {
  const { state } = ctx;
  if (state.phase === "init" || state.phase === "shutdown") return;
  state.listensUntilMs = ctx.nowMs + ctx.init.keepaliveMs;
}

/** True until then. */
export function isListening(ctx: R1Context): boolean {
  const { state } = ctx;
  if (state.listensUntilMs === undefined) return false;
  if (state.listensUntilMs > ctx.nowMs) return true;
  state.listensUntilMs = undefined;
  if (isStarting(ctx)) startAnew(ctx);
  else if (state.phase === "stable") settleAbsence(ctx);
  return false;
}

/** The peer may have taken everything meanwhile, and be in another life by now. */
function settleAbsence(ctx: R1Context): void {
  const { state, init } = ctx;
  if (isLegacy(ctx)) return healLegacy(ctx);
  const both = overlap(state.holds, mirrored(state.otherHolds));
  const keys = keysIn(init.groups, init.self, both);
  const isNoneHere = keys.every((key) => state.groups.get(key) === "stopped");
  // What was to be started here, and runs there.
  if (isNoneHere) state.holds = without(state.holds, both);
  if (isNoneHere) dropAcquisitions(ctx, keys);
  state.otherKnown = false;
  probe(ctx);
}

/** With legacy each keeps what is at home there, once the peer had time to leave by itself. */
function healLegacy(ctx: R1Context): void {
  ctx.state.legacyHealAtMs = ctx.nowMs + patienceMs(ctx);
}

/** How long a peer may take to restart itself: what it waits, and until each has heard the other. */
function patienceMs(ctx: R1Context): number {
  const { init } = ctx;
  // Two nodes that both wait, which heartbeat does not, must not let go at once.
  const turnMs = init.nodes[0] === init.self ? R1_TIMINGS.bothOwnMarginMs : 0;
  return R1_TIMINGS.healRestartMs + 2 * init.keepaliveMs + R1_TIMINGS.bothOwnMarginMs + turnMs;
}

export function reunionTimers(ctx: R1Context): void {
  const { state } = ctx;
  const isProbed = state.probeAtMs !== undefined && state.probeAtMs <= ctx.nowMs;
  const isDue = state.sayAgainAtMs !== undefined && state.sayAgainAtMs <= ctx.nowMs;
  // In the middle of an exchange a report says less than is so: heartbeat would complain that nobody owns what is on its way.
  const isSaidAgain = isDue && isSettled(ctx);
  if (isProbed) state.probeAtMs = undefined;
  if (isDue) state.sayAgainAtMs = isSaidAgain ? undefined : ctx.nowMs + R1_TIMINGS.sayAgainMs;
  if (isProbed || isSaidAgain) announce(ctx);
}

/** Both claim the same set: reported at once, and settled when the peer had time to leave by itself. */
export function watchBothOwn(ctx: R1Context): void {
  const { state } = ctx;
  if (state.standby.kind !== "none" || isStopping(ctx)) return;
  const apart = state.phase !== "stable" || state.peerLeft || activePeer(ctx) === undefined;
  const both = overlap(state.holds, mirrored(state.otherHolds));
  if (apart || isNone(both)) {
    state.bothOwn = undefined;
  } else if (state.bothOwn === undefined) {
    state.bothOwn = { held: both, atMs: ctx.nowMs + patienceMs(ctx), asked: false };
    raise(ctx, "error", "r1.both-own", { set: heldText(both) });
  } else if (state.bothOwn.atMs <= ctx.nowMs) {
    if (state.bothOwn.asked || !askForBoth(ctx, both)) yieldTo(ctx, both);
  }
}

/** False when heartbeat has no takeover to be asked for. */
function askForBoth(ctx: R1Context, both: Held): boolean {
  const set = heldText(both);
  if (isLegacy(ctx) || set === "none") return false;
  ctx.state.bothOwn = { held: both, atMs: ctx.nowMs + R1_TIMINGS.bothOwnAnswerMs, asked: true };
  raise(ctx, "warn", "r1.both-own-asked", { set });
  askForTakeover(ctx, set);
  return true;
}

function yieldTo(ctx: R1Context, both: Held): void {
  const { state, init } = ctx;
  state.bothOwn = undefined;
  raise(ctx, "warn", "r1.both-own-settled", { released: heldText(both) });
  state.holds = without(state.holds, both);
  if (both.foreign) state.needsFailback = false;
  const keys = keysIn(init.groups, init.self, both);
  dropAcquisitions(ctx, keys);
  enqueue(ctx, "release", keys, { kind: "yielded" });
}

/** Of an active peer is not known what it holds: what it said was lost, or said where it was not heard. */
export function watchUnknown(ctx: R1Context): void {
  const { state } = ctx;
  const isUnknown = !state.otherKnown && !state.peerLeft && activePeer(ctx) !== undefined;
  if (!isUnknown || isLegacy(ctx) || !isQuiet(ctx) || isStopping(ctx)) {
    state.unknownAtMs = undefined;
  } else if (state.unknownAtMs === undefined) {
    state.unknownAtMs = ctx.nowMs + R1_TIMINGS.unknownMs;
  } else if (state.unknownAtMs <= ctx.nowMs) {
    state.unknownAtMs = ctx.nowMs + R1_TIMINGS.unknownMs;
    probe(ctx);
  }
}

/**
 * Both nodes rest and nobody claims a set, as after a crash that nobody noticed, or a node that was back before it was called
 * dead. Who is at home takes it first.
 */
export function watchUnclaimed(ctx: R1Context): void {
  const { state, init } = ctx;
  const isOwn = !state.holds.local && !state.otherHolds.foreign;
  // With more than two nodes nobody knows of which of the others.
  const isPair = init.nodes.length === 2 && init.groups.some(({ home }) => home !== init.self);
  const isForeign = isPair && !state.holds.foreign && !state.otherHolds.local;
  const atRest = isQuiet(ctx) && state.otherStable && state.otherKnown && !isStopping(ctx);
  if (!(isOwn || isForeign) || !atRest || state.peerLeft || isLegacy(ctx) || activePeer(ctx) === undefined) {
    state.unclaimedAtMs = undefined;
  } else if (state.unclaimedAtMs === undefined) {
    state.unclaimedAtMs = ctx.nowMs + (isOwn ? 1 : 2) * R1_TIMINGS.unclaimedMs;
  } else if (state.unclaimedAtMs <= ctx.nowMs) {
    state.unclaimedAtMs = undefined;
    raise(ctx, "warn", "r1.unclaimed-taken");
    if (isOwn) acquireOwn(ctx);
    else acquireForeign(ctx);
    announce(ctx);
  }
}
