// A node is dead, or has left: is it fenced, and who takes what it held.
import { textField, type Message } from "@systole/core/ports";
import { acquireOwn } from "./acquiring.js";
import { isLeaving, tell, type Daemon, type Peer } from "./daemon.js";
import { takeGroup } from "./group-scripts.js";
import { ALL, either, FOREIGN, NONE, nothingIn, without } from "./hold.js";
import type { Job } from "./jobs.js";
import { TIMES } from "./limits.js";
import { cancelStandby, takeLeft } from "./standby.js";

/** Its silence is longer than its dead time: heartbeat takes its word for nothing any more. */
export function died(daemon: Daemon, peer: Peer): void {
  const { resources } = daemon;
  const gaveUp = peer.heard && (daemon.nice ? nothingIn(resources.otherHold) : peer.released);
  tell(daemon, "node.dead", "warn", { node: peer.name });
  peer.status = "dead";
  peer.reason = "silent";
  peer.heard = false;
  peer.acked = 0;
  peer.sequence.forget();
  cancelStandby(daemon, `${peer.name} is dead`);
  if (isLeaving(daemon)) return;
  resources.needsFailback = true;
  if (gaveUp) return deadWithNothing(daemon, peer);
  if (daemon.init.fencing === true) return fence(daemon, peer);
  sayFenced(daemon, peer, "n_stnth");
  takeOverFrom(daemon, peer.name);
}

function deadWithNothing(daemon: Daemon, peer: Peer): void {
  sayFenced(daemon, peer, "unneeded");
  const { hold } = daemon.resources;
  if (daemon.nice && !(hold.local && hold.foreign)) takeOverFrom(daemon, peer.name);
}

function fence(daemon: Daemon, peer: Peer): void {
  peer.fenceAtMs = Number.POSITIVE_INFINITY;
  const id = daemon.others.indexOf(peer);
  daemon.effects.push({ kind: "fence.request", id, node: peer.name, why: `${peer.name} is dead` });
}

function sayFenced(daemon: Daemon, peer: Peer, result: "OK" | "bad" | "n_stnth" | "unneeded"): void {
  daemon.say({ t: "stonith", node: peer.name, result });
}

/** Nothing is taken before the device has confirmed, however often it has to be asked. */
export function fenceReported(daemon: Daemon, id: number, ok: boolean): void {
  const peer = daemon.others[id];
  if (peer?.fenceAtMs === undefined || isLeaving(daemon)) return;
  sayFenced(daemon, peer, ok ? "OK" : "bad");
  peer.fenceAtMs = ok ? undefined : daemon.nowMs + TIMES.fenceRetryMs;
  if (ok) takeOverFrom(daemon, peer.name);
}

export function fenceTimers(daemon: Daemon): void {
  for (const peer of daemon.others)
    if ((peer.fenceAtMs ?? Number.POSITIVE_INFINITY) <= daemon.nowMs) fence(daemon, peer);
}

function takeOverFrom(daemon: Daemon, name: string): void {
  const { resources } = daemon;
  tell(daemon, "takeover", "info", { node: name });
  daemon.jobs.script(machDown(daemon, name));
  if (!daemon.nice) return;
  resources.hold = either(resources.hold, FOREIGN);
  resources.otherHold = NONE;
  resources.otherStable = true;
  resources.takingOver = true;
  acquireOwn(daemon, true);
}

function* machDown(daemon: Daemon, name: string): Job {
  for (const { key, home } of daemon.init.groups) if (home === name) yield* takeGroup(daemon, key);
  if (daemon.nice) daemon.say({ t: "resource", rsc_hold: "foreign", info: "mach_down" });
}

/** A node has let go of everything and leaves. */
export function heardShutdone(daemon: Daemon, peer: Peer, message: Message): void {
  if (textField(message, "st") !== "dead") return;
  const { resources } = daemon;
  peer.released = true;
  resources.otherHold = NONE;
  resources.otherStable = true;
  if (isLeaving(daemon)) return;
  cancelStandby(daemon, `${peer.name} leaves`);
  const missing = without(ALL, resources.hold);
  takeOverFrom(daemon, peer.name);
  if (daemon.nice) takeLeft(daemon, missing);
}
