// Handing sets over: `ask_resources` me, other, done, done (4.9 of the protocol), on both sides.
import type { GroupSet } from "../../../ports/index.js";
import { activePeer, announce, answerRequest, isLegacy, isStopping, raise, report, send } from "./context.js";
import type { R1Context } from "./context.js";
import { askMessage, isOlder, takeoverMessage, type Ask } from "./messages.js";
import { heldOf, isLocal, isNone, keysIn, mirrored, mirroredSet, union, without } from "./sets.js";
import { R1_TIMINGS } from "./timings.js";
import { dropAcquisitions, dropGiving, enqueue, startAgain } from "./work.js";

/** Why no standby can begin now, as a sentence. */
export function standbyRefusal(ctx: R1Context): string | undefined {
  const { state } = ctx;
  if (isLegacy(ctx)) return "Standby needs auto_failback on or off; this cluster uses legacy.";
  if (isStopping(ctx)) return "This node is stopping.";
  if (state.phase !== "stable") return "This node has not finished starting.";
  if (state.listensUntilMs !== undefined)
    return "This node stood still, and listens to the other node first.";
  if (activePeer(ctx) === undefined || state.peerLeft) return "No other node is active.";
  if (state.standby.kind !== "none") return "Another standby is under way.";
  if (state.jobs.length > 0) return "Groups are still moving on this node.";
  if (!state.otherStable) return "The other node is still in transition.";
  return undefined;
}

/** Asks the peer to take a set. Only when `standbyRefusal` has no objection. */
export function beginStandby(ctx: R1Context, set: GroupSet): void {
  const { state } = ctx;
  state.standby = { kind: "asked", set, untilMs: ctx.nowMs + R1_TIMINGS.standbyReplyMs };
  state.otherStable = false;
  raise(ctx, "info", "r1.standby-asked", { set });
  send(ctx, askMessage(set, "me"));
}

/** The peer's operator wants a set: this node goes standby for it, as if asked here. */
export function peerWantsTakeover(ctx: R1Context, from: string, set: GroupSet): void {
  const refusal = standbyRefusal(ctx);
  if (refusal === undefined) return beginStandby(ctx, mirroredSet(set));
  raise(ctx, "warn", "r1.takeover-ignored", { peer: from, set, reason: refusal });
}

/** This node's operator wants a set. */
export function askForTakeover(ctx: R1Context, set: GroupSet): void {
  send(ctx, takeoverMessage(set));
}

export function peerAsked(ctx: R1Context, from: string, message: Ask): void {
  const { standby, lastAsk } = ctx.state;
  const { set, info, position } = message;
  if (position !== undefined && lastAsk !== undefined && isOlder(position, lastAsk)) return;
  ctx.state.lastAsk = position;
  if (info === "me") return peerOffers(ctx, from, set);
  if (info === "other" && standby.kind === "asked") return give(ctx, standby.set);
  if (info === "other" && isLate(ctx)) return give(ctx, set);
  if (info === "done" && standby.kind === "offered") return take(ctx, set);
  if (info === "done" && standby.kind === "given") return handedOver(ctx, standby.set);
  raise(ctx, "info", "r1.standby-message-ignored", { peer: from, set, info, standby: standby.kind });
}

/** The peer agrees to what was given up waiting for, and would wait for it for an hour itself. What it offered is void then. */
function isLate({ state }: R1Context): boolean {
  const { kind } = state.standby;
  return state.phase === "stable" && (kind === "none" || kind === "offered");
}

function peerOffers(ctx: R1Context, from: string, set: GroupSet): void {
  const { state } = ctx;
  const refusal = offerRefusal(ctx);
  if (refusal !== undefined) {
    return raise(ctx, "warn", "r1.standby-ignored", { peer: from, set, reason: refusal });
  }
  state.standby = { kind: "offered", set, untilMs: ctx.nowMs + R1_TIMINGS.standbyReplyMs };
  state.otherStable = false;
  if (state.request?.kind === "takeover") state.request.untilMs = undefined;
  raise(ctx, "info", "r1.standby-offered", { peer: from, set });
  send(ctx, askMessage(set, "other"));
}

function offerRefusal(ctx: R1Context): string | undefined {
  const { state } = ctx;
  if (isLegacy(ctx)) return "Standby needs auto_failback on or off.";
  if (isStopping(ctx)) return "This node is stopping.";
  if (state.phase !== "stable") return "Local resources in flux.";
  // Asked again, the peer has forgotten that it asked: nothing has moved yet, and the answer is the same.
  if (state.standby.kind === "offered") return undefined;
  if (state.standby.kind !== "none") return "Another standby is under way.";
  return state.otherStable ? undefined : "Other side is in flux.";
}

function give(ctx: R1Context, set: GroupSet): void {
  const { state, init } = ctx;
  state.standby = { kind: "giving", set, before: state.holds };
  state.standbySerial += 1;
  state.holds = without(state.holds, heldOf(set));
  report(ctx, state.holds, false, "standby");
  const keys = keysIn(init.groups, init.self, heldOf(set));
  dropAcquisitions(ctx, keys);
  enqueue(ctx, "release", keys, { kind: "given", set, serial: state.standbySerial });
}

/** Every group of the set is down here. */
export function given(ctx: R1Context, set: GroupSet, serial: number): void {
  const { state } = ctx;
  if (state.standby.kind !== "giving" || serial !== state.standbySerial) return announce(ctx);
  state.standby = { kind: "given", set, untilMs: ctx.nowMs + R1_TIMINGS.standbyDoneMs };
  send(ctx, askMessage(set, "done"));
}

function take(ctx: R1Context, set: GroupSet): void {
  const { state, init } = ctx;
  const taken = mirrored(heldOf(set));
  state.standby = { kind: "taking", set };
  state.standbySerial += 1;
  // Claimed before it runs: if the peer restarts meanwhile, it must not start the same groups.
  state.holds = union(state.holds, taken);
  state.otherReleasing = false;
  const keys = keysIn(init.groups, init.self, taken);
  enqueue(ctx, "acquire", keys, { kind: "taken", set, serial: state.standbySerial });
}

/** Every group of the set was started here, or failed to. */
export function taken(ctx: R1Context, set: GroupSet, serial: number): void {
  const { state, init } = ctx;
  if (state.standby.kind !== "taking" || serial !== state.standbySerial) return announce(ctx);
  send(ctx, askMessage(set, "done"));
  state.standby = { kind: "none" };
  announce(ctx);
  const failed = keysIn(init.groups, init.self, mirrored(heldOf(set))).filter(
    (key) => state.groups.get(key) !== "started",
  );
  raise(ctx, "info", "r1.standby-taken", { set: mirroredSet(set), failed });
  const problem = `These groups could not be started: ${failed.join(", ")}.`;
  answerRequest(ctx, failed.length === 0, failed.length === 0 ? "The groups run here." : problem);
}

/** The peer gives up what it has offered: from now on that takes as long as it takes. */
export function reportedGiving(ctx: R1Context): void {
  const { standby } = ctx.state;
  if (standby.kind !== "offered") return;
  ctx.state.standby = { ...standby, untilMs: ctx.nowMs + R1_TIMINGS.standbyDoneMs };
}

/** The peer is stable and holds what we gave up: as good as its `done`, which may come later or never. */
export function reportedAfterGiving(ctx: R1Context): void {
  const { standby, otherHolds } = ctx.state;
  if (standby.kind !== "given") return;
  if (isNone(without(heldOf(standby.set), mirrored(otherHolds)))) handedOver(ctx, standby.set);
}

function handedOver(ctx: R1Context, set: GroupSet): void {
  const { state } = ctx;
  state.standby = { kind: "none" };
  // Its report may be lost: who dies with what it was given has to be fenced.
  state.otherHolds = union(state.otherHolds, mirrored(heldOf(set)));
  if (set !== "local") state.needsFailback = false;
  raise(ctx, "info", "r1.standby-given", { set });
  announce(ctx);
  answerRequest(ctx, true, "The other node has taken the groups.");
}

/** Ends an exchange that lost its partner. What is still being given up is taken back: the peer never had it. */
export function cancelStandby(ctx: R1Context, reason: string): void {
  const { state, init } = ctx;
  const { standby } = state;
  state.standby = { kind: "none" };
  answerRequest(ctx, false, reason);
  if (standby.kind === "none") return;
  raise(ctx, "warn", "r1.standby-cancelled", { set: standby.set, was: standby.kind, reason });
  if (standby.kind !== "giving") return;
  dropGiving(ctx);
  state.holds = standby.before;
  enqueue(ctx, "acquire", keysIn(init.groups, init.self, standby.before), { kind: "announce" });
}

/** Timers of the exchange and of the operator's request for one. */
export function standbyTimers(ctx: R1Context): void {
  const { state, nowMs } = ctx;
  const { standby, request } = state;
  if ("untilMs" in standby && standby.untilMs <= nowMs) {
    state.otherStable = true;
    state.failbackNotBeforeMs = nowMs + R1_TIMINGS.failbackRetryMs;
    cancelStandby(ctx, "No reply to the standby request.");
    if (standby.kind === "given") announce(ctx);
  } else if (request?.untilMs !== undefined && request.untilMs <= nowMs) {
    answerRequest(ctx, false, "The other node did not react to the request.");
  } else if (request?.untilMs !== undefined && request.again !== undefined && request.again.atMs <= nowMs) {
    askForTakeover(ctx, request.again.set);
    request.again = undefined;
  }
}

/** A group failed to start here some time ago: its set is offered to the peer, once; where that cannot be, it is tried here again. */
export function offerFailedStarts(ctx: R1Context): void {
  for (const [set, atMs] of ctx.state.failedStarts) {
    if (atMs > ctx.nowMs) continue;
    ctx.state.failedStarts.delete(set);
    const refusal = standbyRefusal(ctx);
    if (refusal === undefined) {
      beginStandby(ctx, set);
      continue;
    }
    raise(ctx, "warn", "r1.failed-group-stays", { set, reason: refusal });
    const { groups, self } = ctx.init;
    startAgain(
      ctx,
      groups.filter((group) => isLocal(group, self) === (set === "local")),
    );
  }
}
