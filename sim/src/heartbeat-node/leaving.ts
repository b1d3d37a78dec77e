// How a node stops: it waits for a calm moment, gives everything up, says so, and ends; or starts itself anew.
import { sayResources } from "./acquiring.js";
import { isCalm, tell, type Daemon } from "./daemon.js";
import { giveSet } from "./group-scripts.js";
import { ALL, NONE } from "./hold.js";
import type { Job } from "./jobs.js";
import { TIMES } from "./limits.js";
import { sayStatus } from "./speaking.js";

export function wantLeave(daemon: Daemon, restart: boolean): void {
  if (daemon.leaving !== undefined) return;
  daemon.leaving = { restart, stage: "wanted", atMs: Number.POSITIVE_INFINITY, sinceMs: daemon.nowMs };
}

/** After every input: a stop that had to wait may go on. */
export function leaveWhenCalm(daemon: Daemon): void {
  if (daemon.leaving?.stage !== "wanted" || daemon.own.status !== "active" || !isCalm(daemon)) return;
  const { resources, leaving } = daemon;
  leaving.stage = "releasing";
  resources.hold = NONE;
  resources.state = "shutdown";
  tell(daemon, "leaving", "info", { restart: leaving.restart });
  if (daemon.nice) sayResources(daemon, { stable: false, info: "shutdown" });
  daemon.jobs.child(release(daemon));
}

function* release(daemon: Daemon): Job {
  yield* giveSet(daemon, ALL);
  daemon.say({ t: "shutdone", st: "dead" });
}

/** This node's own `shutdone`. */
export function released(daemon: Daemon): void {
  const { leaving } = daemon;
  if (leaving?.stage !== "releasing") return;
  leaving.stage = "clients";
  leaving.atMs = daemon.nowMs + TIMES.closingMs;
}

/** True when the process has come to its end. */
export function leavingTimers(daemon: Daemon): boolean {
  const { leaving } = daemon;
  if (leaving === undefined) return false;
  if (daemon.nowMs - leaving.sinceMs >= TIMES.emergencyMs) return true;
  if (leaving.atMs > daemon.nowMs) return false;
  if (leaving.stage === "clients") {
    if (leaving.restart) daemon.extraDeadMs = TIMES.restartExtraDeadMs;
    sayStatus(daemon);
    leaving.stage = "closing";
    leaving.atMs = daemon.nowMs + TIMES.closingMs;
    return false;
  }
  if (leaving.stage === "closing" && leaving.restart) {
    leaving.stage = "asleep";
    leaving.atMs = daemon.nowMs + Math.ceil(daemon.init.timings.deadMs / 1000) * 1000 + 1000;
    return false;
  }
  return true;
}
