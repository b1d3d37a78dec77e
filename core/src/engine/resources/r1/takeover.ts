// What happens when the peer is gone: fencing first where it is needed, then everything is taken over.
import { isLegacy, isStale, raise, send, type R1Context } from "./context.js";
import { machDownMessage, stonithMessage, type Position } from "./messages.js";
import { ALL, isAll, isNone, keysIn, NONE, without } from "./sets.js";
import type { R1State } from "./state.js";
import { cancelStandby } from "./standby.js";
import { dropAnswers, enqueue } from "./work.js";

/** The peer fell silent without a goodbye, or some time after one. */
export function peerDied(ctx: R1Context, node: string): void {
  const { state, init } = ctx;
  if (state.phase === "init" || state.buried === node) return;
  state.buried = node;
  const unneeded = isLegacy(ctx) ? state.peerLeft : heldNothing(state);
  forgetExchanges(ctx, `${node} died.`);
  if (state.phase === "shutdown") return;
  state.needsFailback = true;
  if (unneeded) {
    send(ctx, stonithMessage(node, "unneeded"));
    const nothingMissing = isAll(state.holds) && state.phase === "stable";
    if (!nothingMissing) takeOver(ctx, node);
  } else if (init.fencing) {
    state.fence = { node };
    ctx.out.push({ kind: "fence.request", node });
  } else {
    raise(ctx, "warn", "r1.fence-missing", { node });
    send(ctx, stonithMessage(node, "n_stnth"));
    takeOver(ctx, node);
  }
}

/**
 * Stricter than heartbeat, which trusts a report of `none` also while its sender is still stopping groups or has
 * just been handed some.
 */
function heldNothing(state: R1State): boolean {
  const mayBeTaking = state.standby.kind === "given";
  return state.otherKnown && isNone(state.otherHolds) && !state.otherReleasing && !mayBeTaking;
}

/** The peer says that it gave up everything and leaves. */
export function peerSaidGoodbye(ctx: R1Context, node: string, position: Position | undefined): void {
  const { state } = ctx;
  if (isStale(ctx, position)) return;
  state.peerLeft = true;
  state.otherHolds = NONE;
  state.otherKnown = true;
  state.otherStable = true;
  state.otherReleasing = false;
  state.fence = undefined;
  forgetExchanges(ctx, `${node} stopped.`);
  raise(ctx, "info", "r1.peer-left", { node });
  announceGroups(ctx);
  if (state.phase === "init" || state.phase === "shutdown") return;
  const missing = without(ALL, state.holds);
  if (state.phase === "stable" && !isLegacy(ctx) && isNone(missing)) return;
  takeOver(ctx, node);
}

/** After a partition both nodes ran them, and the one that has now let go may have had the last word on the network. */
function announceGroups(ctx: R1Context): void {
  for (const [key, group] of ctx.state.groups) {
    if (group === "started") ctx.out.push({ kind: "group.announce", key });
  }
}

function forgetExchanges(ctx: R1Context, reason: string): void {
  const { state } = ctx;
  cancelStandby(ctx, reason);
  dropAnswers(ctx);
  state.bothOwn = undefined;
  state.unclaimedAtMs = undefined;
  state.unknownAtMs = undefined;
  state.probeAtMs = undefined;
  state.legacyHealAtMs = undefined;
  state.ipRequests.clear();
  state.ipfail.giveUp = undefined;
  state.ipfail.countAgainAtMs = undefined;
  state.ipfail.postponed = false;
}

/** Acquires everything that does not run here. */
export function takeOver(ctx: R1Context, node: string): void {
  const { state, init } = ctx;
  state.phase = "stable";
  state.localTakeoverAtMs = undefined;
  state.startingAgainAtMs = undefined;
  state.otherHolds = NONE;
  state.otherReleasing = false;
  state.otherStable = true;
  state.needsFailback = true;
  state.holds = ALL;
  raise(ctx, "info", "r1.takeover", { node });
  const own = keysIn(init.groups, init.self, { local: true, foreign: false });
  const foreign = keysIn(init.groups, init.self, { local: false, foreign: true });
  enqueue(ctx, "acquire", own, { kind: "own-acquired" });
  enqueue(ctx, "acquire", foreign, { kind: "taken-over" });
}

/** The foreign groups run here. */
export function takenOver(ctx: R1Context): void {
  raise(ctx, "info", "r1.takeover-done");
  if (isLegacy(ctx) || ctx.state.phase === "shutdown") return;
  // After a goodbye heartbeat also says the `done` of a standby. Nobody waits for it, and a node that is soon back complains.
  send(ctx, machDownMessage());
}

export function fenceReported(ctx: R1Context, node: string, ok: boolean, reason: string): void {
  const { state } = ctx;
  raise(ctx, ok ? "info" : "error", ok ? "r1.fenced" : "r1.fence-failed", { node, reason });
  if (state.fence?.node !== node) return;
  send(ctx, stonithMessage(node, ok ? "OK" : "bad"));
  if (!ok) return;
  state.fence = undefined;
  takeOver(ctx, node);
}
