// One step's view of the world, and the few things that every part of the protocol says and asks.
import type { EngineEvent, Message, NodeView } from "../../../ports/index.js";
import type { R1Init, R1Output } from "./contract.js";
import { isOlder, resourceMessage, type Position, type ReportInfo } from "./messages.js";
import { isLocal, union, type Held } from "./sets.js";
import type { R1State } from "./state.js";
import { R1_TIMINGS } from "./timings.js";

export interface R1Context {
  readonly init: R1Init;
  readonly state: R1State;
  /** Membership's view in this step. */
  readonly nodes: readonly NodeView[];
  readonly nowMs: number;
  readonly out: R1Output[];
}

export function send(ctx: R1Context, message: Message, to?: string): void {
  ctx.out.push(to === undefined ? { kind: "message.send", message } : { kind: "message.send", message, to });
}

export function raise(
  ctx: R1Context,
  level: EngineEvent["level"],
  name: string,
  fields: EngineEvent["fields"] = {},
): void {
  ctx.out.push({ kind: "event", event: { name, level, fields } });
}

export function isLegacy(ctx: R1Context): boolean {
  return ctx.init.failback === "legacy";
}

function peers(ctx: R1Context): readonly NodeView[] {
  return ctx.nodes.filter((node) => node.kind === "normal" && node.name !== ctx.init.self);
}

/** The first other node that takes part. */
export function activePeer(ctx: R1Context): string | undefined {
  return activePeerView(ctx)?.name;
}

export function activePeerView(ctx: R1Context): NodeView | undefined {
  return peers(ctx).find((node) => node.state === "active");
}

/** A node to take over from at start-up: given when every other node is dead. */
export function deadPeer(ctx: R1Context): string | undefined {
  const others = peers(ctx);
  return others.every((node) => node.state === "dead") ? others[0]?.name : undefined;
}

export function isStopping(ctx: R1Context): boolean {
  return ctx.state.stops.length > 0 || ctx.state.phase === "shutdown";
}

/** Nothing of ours is moving, and no exchange is under way. */
export function isQuiet(ctx: R1Context): boolean {
  const { state } = ctx;
  return (
    state.phase === "stable" &&
    state.jobs.length === 0 &&
    state.standby.kind === "none" &&
    state.fence === undefined
  );
}

/** What heartbeat calls not in transition. */
export function isSettled(ctx: R1Context): boolean {
  const { state } = ctx;
  if (!isQuiet(ctx) || state.bothOwn !== undefined) return false;
  if (isLegacy(ctx)) return state.ipRequests.size === 0 && state.legacyHealAtMs === undefined;
  return activePeer(ctx) === undefined || state.otherStable;
}

/**
 * Tells the peer what this node holds. While groups are being released the report says `isstable=0` and still names
 * the sets of which something may run: a peer that starts in that moment must not start them beside us.
 */
export function announce(ctx: R1Context, info?: ReportInfo): void {
  const { state } = ctx;
  if (isLegacy(ctx) || state.phase === "init" || state.released) return;
  const releasing = state.jobs.some((job) => job.action === "release");
  const held = releasing ? union(state.holds, setsStillRunning(ctx)) : state.holds;
  report(ctx, held, state.phase === "stable" && !releasing, info);
}

/**
 * Says what this node holds. A report that it is not stable may arrive after the one that it is again, and heartbeat, which
 * does not put messages in order, would believe it for good: so the last one is said once more.
 */
export function report(ctx: R1Context, held: Held, stable: boolean, info?: ReportInfo): void {
  const { state } = ctx;
  const isStableAgain = stable && state.unstableSaid;
  state.unstableSaid = !stable;
  if (isStableAgain) state.sayAgainAtMs = ctx.nowMs + R1_TIMINGS.sayAgainMs;
  if (!stable) state.sayAgainAtMs = undefined;
  send(ctx, resourceMessage(held, stable, info));
}

function setsStillRunning(ctx: R1Context): Held {
  const running = ctx.init.groups.filter((group) => ctx.state.groups.get(group.key) !== "stopped");
  return {
    local: running.some((group) => isLocal(group, ctx.init.self)),
    foreign: running.some((group) => !isLocal(group, ctx.init.self)),
  };
}

/** Answers the operator's standby or takeover, if one waits. */
export function answerRequest(ctx: R1Context, ok: boolean, reason: string): void {
  const { request } = ctx.state;
  if (request === undefined) return;
  ctx.state.request = undefined;
  ctx.out.push({ kind: "operator.answered", id: request.id, ok, reason });
}

/** Reordered behind a newer report of the same peer: what it says is no longer so. */
export function isStale(ctx: R1Context, position: Position | undefined): boolean {
  const { lastReport } = ctx.state;
  return position !== undefined && lastReport !== undefined && isOlder(position, lastReport);
}
