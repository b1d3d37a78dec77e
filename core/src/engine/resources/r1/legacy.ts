// auto_failback legacy: every node fetches its own groups with `ip-request`; nobody reports what it holds.
import { activePeer, raise, send, type R1Context } from "./context.js";
import { ipAnswerMessage, ipRequestMessage } from "./messages.js";
import { keysIn } from "./sets.js";
import { R1_TIMINGS } from "./timings.js";
import { dropAcquisitions, enqueue } from "./work.js";

const LOCAL = { local: true, foreign: false };
const FOREIGN = { local: false, foreign: true };

/** Takes the groups at home here: after asking for them when another node is active. */
export function requestOwn(ctx: R1Context): void {
  const { state, init, nowMs } = ctx;
  const missing = keysIn(init.groups, init.self, LOCAL).filter((key) => state.groups.get(key) !== "started");
  if (activePeer(ctx) === undefined) return enqueue(ctx, "acquire", missing, { kind: "nothing" });
  for (const key of missing) {
    state.ipRequests.set(key, nowMs + R1_TIMINGS.ipRequestAgainMs);
    send(ctx, ipRequestMessage(key));
  }
}

/** A peer wants a group: it is given up if it runs here, and the peer is told. */
export function peerRequestsGroup(ctx: R1Context, from: string, key: string): void {
  const { state } = ctx;
  if (state.phase === "init" || state.phase === "shutdown") return;
  const running = state.groups.get(key);
  const mayRun = running !== undefined && running !== "stopped";
  const queued = state.jobs.some((job) => job.keys.includes(key) || job.busy === key);
  // The answer to an earlier request may be on its way: nothing that was planned since may start the group again.
  dropAcquisitions(ctx, [key]);
  if (mayRun || queued) enqueue(ctx, "release", [key], { kind: "ip-answer", key, to: from });
  else send(ctx, ipAnswerMessage(key, false), from);
}

export function peerAnsweredRequest(ctx: R1Context, from: string, key: string, ok: boolean): void {
  if (!ctx.state.ipRequests.has(key)) return;
  if (!ok) return raise(ctx, "warn", "r1.ip-request-refused", { peer: from, group: key });
  ctx.state.ipRequests.delete(key);
  enqueue(ctx, "acquire", [key], { kind: "nothing" });
}

export function legacyTimers(ctx: R1Context): void {
  const { state, init, nowMs } = ctx;
  for (const [key, againAtMs] of state.ipRequests) {
    if (againAtMs > nowMs) continue;
    if (activePeer(ctx) === undefined) {
      state.ipRequests.delete(key);
      enqueue(ctx, "acquire", [key], { kind: "nothing" });
    } else {
      state.ipRequests.set(key, nowMs + R1_TIMINGS.ipRequestAgainMs);
      send(ctx, ipRequestMessage(key));
    }
  }
  if (state.legacyHealAtMs === undefined || state.legacyHealAtMs > nowMs) return;
  // One that is only on its way has taken nothing.
  const isThere = activePeer(ctx) !== undefined;
  state.legacyHealAtMs = isThere ? undefined : nowMs + init.keepaliveMs;
  if (!isThere) return;
  settleHeal(ctx, keysIn(init.groups, init.self, FOREIGN), keysIn(init.groups, init.self, LOCAL));
}

/** The peer came back from a partition and stays: each node keeps what is at home there. */
function settleHeal(ctx: R1Context, foreign: readonly string[], local: readonly string[]): void {
  raise(ctx, "warn", "r1.both-own-settled", { released: foreign });
  enqueue(ctx, "release", foreign, { kind: "nothing" });
  for (const key of local) {
    ctx.state.ipRequests.set(key, ctx.nowMs + R1_TIMINGS.ipRequestAgainMs);
    send(ctx, ipRequestMessage(key));
  }
}
