// A node that runs heartbeat 3.0.6 with haresources, as a machine: the peer of Systole nodes in mixed clusters. It was
// written from the description of heartbeat's behaviour and captured packets alone, and shares nothing with Systole's own
// engine but the message and its codec, so that a misreading there is not repeated here.
//
// Modelled: message fields and their order, numbers, generations, acknowledgements, requests and refusals of lost
// messages, the order in which a node hears itself and is heard; start (`init`, `up`, `reqnodes`, `active`), initdead,
// deadtime as each node advertises it, warntime and what lateness leads to; restarts and replays; return after a
// partition with the restart that follows; auto_failback on, off and legacy; `starting`, `resource`, standby, takeover,
// failback, takeover from the dead and from those that leave, STONITH, stop; groups by status and start of each resource,
// stops in reverse with retries, and heartbeat's own traps: one "other" for all other nodes, a first resource that runs
// hides a group that does not, both may own and nobody minds.
//
// Left out: ping nodes and ipfail, autojoin and edits of the node list, renaming by uuid, API clients and flow control,
// compression, serial lines, the watchdog, reload; the half second that a real one often takes to react. Children run one
// after the other here, beside each other there. A resource that cannot be stopped makes a real one reboot its machine:
// here the machine ends with `left`, not clean, and who drives it has to end everything that runs on that machine.
import type { Engine, EngineEffect, EngineInput } from "@systole/core/engine";
import type { Message, OperatorRequest, ResourceAction } from "@systole/core/ports";
import { heardGrant, heardRequest } from "./acquiring.js";
import { tell, type Daemon, type Peer } from "./daemon.js";
import { firstGeneration, type HeartbeatInit } from "./heartbeat-init.js";
import { hear, hearFrame, judgeSilence } from "./hearing.js";
import { firstWords, heardNodes, heardNodesWanted, join } from "./joining.js";
import { leaveWhenCalm, leavingTimers, released, wantLeave } from "./leaving.js";
import { TIMES } from "./limits.js";
import { madeDaemon } from "./made-daemon.js";
import { askForMissing, heardAck, heardResendWanted } from "./resending.js";
import { heardResource, heardStarting, resourceTimers } from "./resource-layer.js";
import { say, sayStatus } from "./speaking.js";
import { askStandby, heardAsk, heardTakeover, standbyTimers } from "./standby.js";
import { fenceReported, fenceTimers, heardShutdone } from "./taking-over.js";
import { viewOf, type HeartbeatView } from "./view.js";

export interface HeartbeatNode extends Pick<Engine, "step" | "deadline"> {
  view(): HeartbeatView;
}

export function createHeartbeat(init: HeartbeatInit): HeartbeatNode {
  return new ModelledHeartbeat(init);
}

class ModelledHeartbeat implements HeartbeatNode {
  private daemon: Daemon | undefined;
  private generation: number;
  private runId = 0;
  private ended = false;
  private steppedMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly init: HeartbeatInit) {
    this.generation = firstGeneration(init);
  }

  step(input: EngineInput, nowMs: number, wallMs: number): readonly EngineEffect[] {
    if (this.ended) return [];
    const daemon = this.process(nowMs, wallMs);
    daemon.nowMs = nowMs;
    daemon.wallMs = wallMs;
    if (daemon.leaving?.stage !== "asleep") this.take(daemon, input);
    else if (input.kind === "operator.requested") this.end(daemon, true);
    if (input.kind === "tick") this.timers(daemon);
    daemon.jobs.advance(nowMs);
    leaveWhenCalm(daemon);
    daemon.jobs.advance(nowMs);
    if (daemon.broken) this.end(daemon, false);
    this.steppedMs = nowMs;
    const { effects } = daemon;
    daemon.effects = [];
    return effects;
  }

  deadline(): number {
    if (this.ended) return Number.POSITIVE_INFINITY;
    const { daemon } = this;
    if (daemon === undefined) return 0;
    const { leaving } = daemon;
    if (leaving?.stage === "asleep") return leaving.atMs;
    const missing = daemon.others
      .filter(({ status }) => status === "up" || status === "active")
      .map(({ sequence }) => sequence.dueAtMs());
    const own = Math.min(daemon.statusAtMs, daemon.pollAtMs, daemon.jobs.dueAtMs);
    return Math.min(own, leaving?.atMs ?? Number.POSITIVE_INFINITY, ...missing);
  }

  view(): HeartbeatView {
    return viewOf(this.daemon ?? this.made(0, 0));
  }

  /** The process that runs; the first step of all makes it, and so does the step after a restart. */
  private process(nowMs: number, wallMs: number): Daemon {
    if (this.daemon !== undefined) return this.daemon;
    const daemon = this.made(nowMs, wallMs);
    this.daemon = daemon;
    daemon.effects.push({ kind: "state.persist", state: { generation: this.generation } });
    firstWords(daemon);
    return daemon;
  }

  private made(nowMs: number, wallMs: number): Daemon {
    const daemon: Daemon = madeDaemon(this.init, {
      generation: this.generation,
      nowMs,
      wallMs,
      run: (resource, action) => this.run(daemon, resource, action),
      say: (values) =>
        say(daemon, values, (message) => {
          const act = (peer: Peer, type: string, own: Message): void => this.act(daemon, peer, type, own);
          hear(daemon, daemon.own, values["t"] ?? "", message, act);
        }),
    });
    return daemon;
  }

  private run(daemon: Daemon, resource: string, action: ResourceAction): number {
    const id = (this.runId += 1);
    const timeoutMs = this.init.scriptTimeoutMs ?? TIMES.emergencyMs;
    daemon.effects.push({ kind: "agent.run", id, resource, action, timeoutMs });
    return id;
  }

  private take(daemon: Daemon, input: EngineInput): void {
    switch (input.kind) {
      case "frame.received":
        return hearFrame(daemon, input.link, input.message, (peer, type, message) =>
          this.act(daemon, peer, type, message),
        );
      case "agent.reported":
        return daemon.jobs.reported(input.id, input.result, daemon.nowMs);
      case "fence.reported":
        return fenceReported(daemon, input.id, input.result.ok);
      case "operator.requested":
        return this.operate(daemon, input.id, input.request);
      default:
        // heartbeat knows nothing of hints, of its own health and of quorums.
        return undefined;
    }
  }

  private act(daemon: Daemon, peer: Peer, type: string, message: Message): void {
    const own = peer === daemon.own;
    switch (type) {
      case "NS_ackmsg":
        return heardAck(daemon, peer, message);
      case "NS_rexmit":
        return own ? undefined : heardResendWanted(daemon, peer, message);
      case "reqnodes":
        return own ? undefined : heardNodesWanted(daemon, peer.name);
      case "repnodes":
        return own ? undefined : heardNodes(daemon, message);
      case "starting":
        return heardStarting(daemon, own);
      case "resource":
        return heardResource(daemon, own, message);
      case "ask_resources":
        return heardAsk(daemon, own, message);
      case "hb_takeover":
        return own ? undefined : heardTakeover(daemon, message);
      case "ip-request":
        return own ? undefined : heardRequest(daemon, peer.name, message);
      case "ip-request-resp":
        return heardGrant(daemon, message);
      case "shutdone":
        return own ? released(daemon) : heardShutdone(daemon, peer, message);
      default:
        return undefined;
    }
  }

  /** heartbeat's commands say one message and do not wait: the answer says no more. */
  private operate(daemon: Daemon, id: number, request: OperatorRequest): void {
    const answer = (ok: boolean, reason: string): void =>
      void daemon.effects.push({ kind: "operator.answered", id, ok, reason });
    if (request.kind === "stop") {
      wantLeave(daemon, false);
      return answer(true, "heartbeat will stop");
    }
    if (request.kind !== "standby" && request.kind !== "takeover")
      return answer(false, `heartbeat has no command for ${request.kind}`);
    if (daemon.own.status !== "active") return answer(false, "heartbeat is not active yet");
    if (request.kind === "standby") askStandby(daemon, request.set);
    else daemon.say({ t: "hb_takeover", rsc_hold: request.set });
    return answer(true, "heartbeat was told");
  }

  private timers(daemon: Daemon): void {
    if (leavingTimers(daemon)) return this.over(daemon);
    if (daemon.leaving?.stage === "asleep") return;
    if (
      daemon.extraDeadMs === TIMES.startExtraDeadMs &&
      daemon.nowMs - daemon.startedMs >= TIMES.startGraceMs
    ) {
      daemon.extraDeadMs = 0;
      sayStatus(daemon);
    }
    if (daemon.statusAtMs <= daemon.nowMs) {
      sayStatus(daemon);
      daemon.statusAtMs = daemon.nowMs + this.init.timings.keepaliveMs;
    }
    askForMissing(daemon);
    if (daemon.pollAtMs > daemon.nowMs) return;
    // After an absence what waits is read before anybody is judged.
    const away = daemon.nowMs - Math.max(daemon.pollAtMs, this.steppedMs) > TIMES.pollMs;
    daemon.pollAtMs = daemon.nowMs + (away ? TIMES.wakeReadMs : TIMES.pollMs);
    if (away) return;
    this.poll(daemon);
  }

  private poll(daemon: Daemon): void {
    judgeSilence(daemon);
    join(daemon);
    resourceTimers(daemon);
    standbyTimers(daemon);
    fenceTimers(daemon);
    const { healedAtMs } = daemon;
    if (healedAtMs === undefined || daemon.nowMs - healedAtMs < TIMES.healedRestartMs) return;
    daemon.healedAtMs = undefined;
    wantLeave(daemon, true);
  }

  /** The process ends: for good, or the next one begins with a higher generation. */
  private over(daemon: Daemon): void {
    const emergency = daemon.nowMs - (daemon.leaving?.sinceMs ?? 0) >= TIMES.emergencyMs;
    if (emergency || daemon.leaving?.restart !== true) return this.end(daemon, !emergency);
    this.generation += 1;
    tell(daemon, "restart", "warn", { generation: this.generation });
    this.daemon = undefined;
    const next = this.process(daemon.nowMs, daemon.wallMs);
    daemon.effects.push(...next.effects);
    next.effects = [];
  }

  private end(daemon: Daemon, clean: boolean): void {
    this.ended = true;
    daemon.effects.push({ kind: "left", clean });
  }
}
