// Who holds what when nodes come: `starting` and `resource`, for auto_failback on and off. The other is one set of bits,
// however many others there are, as in heartbeat.
import { textField, type Message } from "@systole/core/ports";
import { acquireOwn, sayResources } from "./acquiring.js";
import { isLeaving, tell, type Daemon } from "./daemon.js";
import { either, FOREIGN, holdOf, nothingIn, type Hold } from "./hold.js";
import { TIMES } from "./limits.js";
import { failBack } from "./standby.js";

/** The node has become active. */
export function startResources(daemon: Daemon): void {
  if (isLeaving(daemon)) return;
  if (!daemon.nice) {
    daemon.resources.state = "stable";
    return acquireOwn(daemon, true);
  }
  daemon.resources.state = "starting";
  // What the other said before counts for nothing: it is asked to say it again.
  daemon.resources.otherStable = false;
  daemon.say({ t: "starting" });
}

export function heardStarting(daemon: Daemon, own: boolean): void {
  const { resources } = daemon;
  if (own || !daemon.nice) return;
  if (resources.state === "starting") resources.state = "both-starting";
  resources.otherStable = false;
  if (resources.state === "init")
    return tell(daemon, "starting.unexpected", "error", { why: "this node is not active" });
  if (resources.state !== "shutdown") sayResources(daemon);
}

export function heardResource(daemon: Daemon, own: boolean, message: Message): void {
  if (!daemon.nice) return;
  const { resources } = daemon;
  if (resources.state === "starting" || resources.state === "both-starting") {
    resources.state = "received";
    resources.localTakeoverAtMs = daemon.nowMs + TIMES.localTakeoverMs;
  }
  if (own) heardOwn(daemon, message);
  else heardOther(daemon, message);
}

function updated(before: Hold, message: Message): Hold {
  const said = holdOf(textField(message, "rsc_hold"));
  const replaces = textField(message, "rtype") === "full" || nothingIn(said);
  return replaces ? said : either(before, said);
}

function heardOwn(daemon: Daemon, message: Message): void {
  const { resources } = daemon;
  resources.hold = updated(resources.hold, message);
  const info = textField(message, "info");
  if (info === "shutdown") resources.state = "shutdown";
  if (info !== "mach_down") return;
  resources.takingOver = false;
  resources.hold = either(resources.hold, FOREIGN);
  resources.needsFailback = true;
  resources.otherStable = true;
}

function heardOther(daemon: Daemon, message: Message): void {
  const { resources } = daemon;
  resources.otherHold = updated(resources.otherHold, message);
  complain(daemon);
  const stable = textField(message, "isstable");
  if (stable === "0") resources.otherStable = false;
  if (stable !== "1") return;
  const news = !resources.otherStable;
  resources.otherStable = true;
  // Each time that the other becomes stable it is told how things are here.
  if (news && resources.state !== "init" && !isLeaving(daemon)) sayResources(daemon);
  if (resources.state === "received") settle(daemon);
  failBack(daemon);
}

/** The start is over: what is at home here is taken, unless the other has it. */
function settle(daemon: Daemon): void {
  const { resources } = daemon;
  resources.state = "stable";
  resources.localTakeoverAtMs = undefined;
  acquireOwn(daemon, false);
  sayResources(daemon);
}

/** Seen, and nothing is done about it. */
function complain(daemon: Daemon): void {
  const { hold, otherHold } = daemon.resources;
  if (hold.local && otherHold.foreign)
    tell(daemon, "both.own", "error", { what: "Both machines own our resources!" });
  if (hold.foreign && otherHold.local)
    tell(daemon, "both.own", "error", { what: "Both machines own foreign resources!" });
}

export function resourceTimers(daemon: Daemon): void {
  const { resources } = daemon;
  if ((resources.localTakeoverAtMs ?? Number.POSITIVE_INFINITY) > daemon.nowMs) return;
  if (resources.state === "received") settle(daemon);
}
