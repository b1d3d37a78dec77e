// heartbeat 3.0.6's resource protocol between two nodes (haresources mode), as a pure machine.
import type { NodeView } from "../../../ports/index.js";
import { announce, raise, send, type R1Context } from "./context.js";
import type { R1Init, R1Input, R1Machine, R1Output, R1Request, R1View } from "./contract.js";
import { watchFailback } from "./failback.js";
import {
  abortGiveUp,
  ipfailTimers,
  peerCountsPings,
  peerIsStable,
  pingNodeChanged,
  planGiveUp,
  tellPingCount,
} from "./ipfail.js";
import { legacyTimers, peerAnsweredRequest, peerRequestsGroup } from "./legacy.js";
import { ipAnswerMessage, readPeerMessage, type PeerMessage } from "./messages.js";
import {
  calledDead,
  cameBack,
  isListening,
  peerReturned,
  reunionTimers,
  watchBothOwn,
  watchUnclaimed,
  watchUnknown,
} from "./reunion.js";
import { allReleased, requestStop, watchStop } from "./shutdown.js";
import {
  askForTakeover,
  beginStandby,
  given,
  offerFailedStarts,
  peerAsked,
  peerWantsTakeover,
  standbyRefusal,
  standbyTimers,
  taken,
} from "./standby.js";
import { becomeActive, peerReported, peerStarting, startupTimers } from "./startup.js";
import { initialState, nextTimer, type After, type R1State } from "./state.js";
import { fenceReported, peerDied, peerSaidGoodbye, takenOver } from "./takeover.js";
import { R1_TIMINGS } from "./timings.js";
import { viewOf } from "./view.js";
import { groupCleaned, groupFailing, groupReported, runQueue } from "./work.js";

/** Makes a machine. Nothing happens before its first step. */
export function createR1(init: R1Init): R1Machine {
  return new R1(init);
}

class R1 implements R1Machine {
  private readonly state: R1State;
  private nodes: readonly NodeView[] = [];
  private nowMs = -Infinity;

  constructor(private readonly init: R1Init) {
    this.state = initialState(init);
  }

  step(input: R1Input, nodes: readonly NodeView[], nowMs: number): readonly R1Output[] {
    this.nodes = nodes;
    this.nowMs = nowMs;
    const ctx = this.context();
    absorb(ctx, input);
    if (!this.state.released && !isListening(ctx)) proceed(ctx);
    return ctx.out;
  }

  deadline(): number {
    return nextTimer(this.state, this.nowMs);
  }

  view(): R1View {
    return viewOf(this.context());
  }

  private context(): R1Context {
    const { init, state, nodes, nowMs } = this;
    return { init, state, nodes, nowMs, out: [] };
  }
}

/** Timers, then the queue, then what rest allows; a finished job may allow more, so twice. */
function proceed(ctx: R1Context): void {
  timers(ctx);
  for (let round = 0; round < 2; round += 1) {
    runQueue(ctx, (after) => complete(ctx, after));
    watchStop(ctx);
    watchBothOwn(ctx);
    watchUnclaimed(ctx);
    watchUnknown(ctx);
    offerFailedStarts(ctx);
    watchFailback(ctx);
  }
  runQueue(ctx, (after) => complete(ctx, after));
}

function timers(ctx: R1Context): void {
  if (ctx.state.phase === "shutdown") return;
  startupTimers(ctx);
  standbyTimers(ctx);
  reunionTimers(ctx);
  legacyTimers(ctx);
  ipfailTimers(ctx);
}

function absorb(ctx: R1Context, input: R1Input): void {
  if (ctx.state.released && input.kind !== "operator.requested") return;
  switch (input.kind) {
    case "tick":
      return;
    case "self.active":
      return becomeActive(ctx);
    case "node.changed":
      return nodeChanged(ctx, input);
    case "message.delivered": {
      const message = readPeerMessage(input.message);
      if (message !== undefined && input.from !== ctx.init.self) heard(ctx, input.from, message);
      return;
    }
    case "group.reported":
      return groupReported(ctx, input.key, input.state, input.reason ?? "");
    case "group.failing":
      return groupFailing(ctx, input.key, input.reason);
    case "group.cleaned":
      return groupCleaned(ctx, input.key);
    case "self.away":
      return cameBack(ctx);
    case "fence.reported":
      return fenceReported(ctx, input.node, input.ok, input.reason);
    case "operator.requested":
      return requested(ctx, input.id, input.request);
  }
}

function nodeChanged(ctx: R1Context, change: R1Input & { kind: "node.changed" }): void {
  const { node, from, to, reason } = change;
  if (node === ctx.init.self) return;
  if (!ctx.init.nodes.includes(node)) return pingNodeChanged(ctx, to);
  if (to === "dead") return peerDied(ctx, node);
  if (ctx.state.buried === node) ctx.state.buried = undefined;
  const restarted = from === "active";
  const returned = from === "dead" && (to === "up" || to === "active");
  if (restarted || returned) peerReturned(ctx, node, reason, to === "active");
}

function heard(ctx: R1Context, from: string, message: PeerMessage): void {
  switch (message.kind) {
    case "starting":
      return peerStarting(ctx, from, message.position);
    case "resource":
      peerReported(ctx, from, message);
      return peerIsStable(ctx, message);
    case "ask":
      return peerAsked(ctx, from, message);
    case "takeover":
      return peerWantsTakeover(ctx, from, message.set);
    case "shutdone":
      return peerSaidGoodbye(ctx, from, message.position);
    case "ip-request":
      return peerRequestsGroup(ctx, from, message.key);
    case "ip-answer":
      return peerAnsweredRequest(ctx, from, message.key, message.ok);
    case "stonith":
      raise(ctx, "info", "r1.peer-fenced", { peer: from, node: message.node, result: message.result });
      return message.node === ctx.init.self ? calledDead(ctx) : undefined;
    case "ipfail-join":
      return tellPingCount(ctx);
    case "ping-count":
      return peerCountsPings(ctx, from, message.count);
    case "you-are-dead":
      return planGiveUp(ctx, "all");
    case "abort-giveup":
      return abortGiveUp(ctx);
  }
}

function requested(ctx: R1Context, id: number, request: R1Request): void {
  if (request.kind === "stop") return requestStop(ctx, id);
  const refusal = ctx.state.released ? "This node has stopped." : standbyRefusal(ctx);
  if (refusal !== undefined || ctx.state.request !== undefined) {
    const reason = refusal ?? "Another request is under way.";
    ctx.out.push({ kind: "operator.answered", id, ok: false, reason });
  } else if (request.kind === "standby") {
    ctx.state.request = { id, kind: "standby", untilMs: undefined, again: undefined };
    beginStandby(ctx, request.set);
  } else {
    const { nowMs } = ctx;
    const again = { set: request.set, atMs: nowMs + R1_TIMINGS.takeoverAgainMs };
    ctx.state.request = { id, kind: "takeover", untilMs: nowMs + R1_TIMINGS.standbyReplyMs, again };
    askForTakeover(ctx, request.set);
  }
}

function complete(ctx: R1Context, after: After): void {
  switch (after.kind) {
    case "nothing":
      return;
    case "announce":
    case "yielded":
      return announce(ctx);
    case "own-acquired":
      return announce(ctx, "req_our_resources()");
    case "taken-over":
      return takenOver(ctx);
    case "given":
      return given(ctx, after.set, after.serial);
    case "taken":
      return taken(ctx, after.set, after.serial);
    case "released":
      return allReleased(ctx);
    case "ip-answer":
      return send(ctx, ipAnswerMessage(after.key, true), after.to);
  }
}
