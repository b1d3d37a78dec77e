// Moving to the node that reaches more ping nodes, in step with the `ipfail` program of a heartbeat peer (5.3).
import type { GroupSet, NodeState } from "../../../ports/index.js";
import { activePeer, isLegacy, isSettled, raise, send, type R1Context } from "./context.js";
import { abortGiveUpMessage, pingCountMessage, youAreDeadMessage, type ResourceReport } from "./messages.js";
import { heldOf, isNone, overlap } from "./sets.js";
import { beginStandby, standbyRefusal } from "./standby.js";
import { R1_TIMINGS } from "./timings.js";

export function isWatchingPings(ctx: R1Context): boolean {
  return ctx.init.ipfail && !isLegacy(ctx) && ctx.state.phase !== "init" && ctx.state.phase !== "shutdown";
}

function livePings(ctx: R1Context): number {
  return ctx.nodes.filter((node) => node.kind === "ping" && node.state === "ping").length;
}

/** A ping node answers again, or no longer. */
export function pingNodeChanged(ctx: R1Context, to: NodeState): void {
  if (isWatchingPings(ctx) && (to === "ping" || to === "dead")) tellPingCount(ctx);
}

export function tellPingCount(ctx: R1Context): void {
  const peer = activePeer(ctx);
  if (isWatchingPings(ctx) && peer !== undefined) send(ctx, pingCountMessage(livePings(ctx)), peer);
}

export function peerCountsPings(ctx: R1Context, from: string, count: number): void {
  if (!isWatchingPings(ctx)) return;
  const { ipfail } = ctx.state;
  const own = livePings(ctx);
  if (own > count) return send(ctx, youAreDeadMessage(), from);
  if (own < count) return planGiveUp(ctx, "all");
  send(ctx, abortGiveUpMessage(), from);
  if (ipfail.giveUp !== undefined) ipfail.giveUp = undefined;
  else if (ctx.init.failback === "on" && isSettled(ctx)) planGiveUp(ctx, "foreign");
}

/** `all` because the peer sees more, `foreign` because both see the same again. A new plan replaces the old one. */
export function planGiveUp(ctx: R1Context, set: GroupSet): void {
  if (!isWatchingPings(ctx)) return;
  ctx.state.ipfail.giveUp = { set, atMs: ctx.nowMs + 2 * ctx.init.keepaliveMs };
}

export function abortGiveUp(ctx: R1Context): void {
  ctx.state.ipfail.giveUp = undefined;
}

/** The peer became stable: a give-up that met a cluster in transition is thought over again. */
export function peerIsStable(ctx: R1Context, report: ResourceReport): void {
  const { ipfail } = ctx.state;
  if (!ipfail.postponed || report.stable !== true || report.info !== undefined) return;
  ipfail.postponed = false;
  ipfail.countAgainAtMs = ctx.nowMs + R1_TIMINGS.ipfailAgainMs;
}

export function ipfailTimers(ctx: R1Context): void {
  const { state, nowMs } = ctx;
  const { ipfail } = state;
  if (ipfail.countAgainAtMs !== undefined && ipfail.countAgainAtMs <= nowMs) {
    ipfail.countAgainAtMs = undefined;
    tellPingCount(ctx);
  }
  if (ipfail.giveUp === undefined || ipfail.giveUp.atMs > nowMs) return;
  const { set } = ipfail.giveUp;
  ipfail.giveUp = undefined;
  if (isNone(overlap(state.holds, heldOf(set)))) return;
  const refusal = isSettled(ctx) ? standbyRefusal(ctx) : "The cluster is in transition.";
  if (refusal === undefined) return beginStandby(ctx, set);
  ipfail.postponed = true;
  raise(ctx, "warn", "r1.ipfail-postponed", { set, reason: refusal });
}
