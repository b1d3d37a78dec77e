// auto_failback on: what was taken over goes home as soon as the peer is stable and holds nothing.
import { isLegacy, type R1Context } from "./context.js";
import { isNone } from "./sets.js";
import { beginStandby, standbyRefusal } from "./standby.js";

export function watchFailback(ctx: R1Context): void {
  const { state, init } = ctx;
  if (init.failback !== "on" || isLegacy(ctx)) return;
  if (!state.needsFailback || !state.holds.foreign || state.failbackNotBeforeMs > ctx.nowMs) return;
  if (!state.otherKnown || !isNone(state.otherHolds) || state.bothOwn !== undefined) return;
  if (standbyRefusal(ctx) === undefined) beginStandby(ctx, "foreign");
}
