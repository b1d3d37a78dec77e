// A node gives groups to the other: `me`, `other`, `done`, `done`. And the failback that begins by itself.
import { textField, type Message } from "@systole/core/ports";
import { sayResources } from "./acquiring.js";
import { isCalm, isLeaving, tell, type Daemon, type Standby } from "./daemon.js";
import { giveSet, takeSet } from "./group-scripts.js";
import { either, FOREIGN, holdName, holdOf, mirrored, nothingIn, without, type Hold } from "./hold.js";
import type { Job } from "./jobs.js";
import { TIMES } from "./limits.js";

function ask(daemon: Daemon, word: string, info: "me" | "other" | "done"): void {
  daemon.say({ t: "ask_resources", rsc_hold: word, info });
}

/** `hb_standby`: what an operator, a script or a failback says. Whether it is heeded is seen when it is heard. */
export function askStandby(daemon: Daemon, set: string): void {
  ask(daemon, set === "failback" ? "foreign" : set, "me");
}

/** `hb_takeover` of another node: a standby here, with the words of this side. */
export function heardTakeover(daemon: Daemon, message: Message): void {
  const set = holdName(mirrored(holdOf(textField(message, "rsc_hold"))));
  daemon.jobs.script(standbyScript(daemon, set === "none" ? "all" : set));
}

// A script's message comes when its turn has come.
// oxlint-disable-next-line require-yield -- it is a job that has nothing to wait for
function* standbyScript(daemon: Daemon, set: string): Job {
  askStandby(daemon, set);
}

export function heardAsk(daemon: Daemon, own: boolean, message: Message): void {
  if (!daemon.nice) return tell(daemon, "standby.refused", "error", { why: "auto_failback is legacy" });
  if (isLeaving(daemon)) return;
  const word = textField(message, "rsc_hold") ?? "";
  switch (textField(message, "info")) {
    case "me":
      return begins(daemon, own, word);
    case "other":
      return own ? undefined : agreed(daemon);
    case "done":
      return own ? ownDone(daemon) : otherDone(daemon);
  }
}

function begins(daemon: Daemon, own: boolean, word: string): void {
  const { resources } = daemon;
  if (resources.standby !== undefined)
    return tell(daemon, "standby.ignored", "warn", { why: "one is under way" });
  if (!resources.otherStable)
    return tell(daemon, "standby.ignored", "warn", { why: "Other side is in flux." });
  if (resources.state !== "stable")
    return tell(daemon, "standby.ignored", "warn", { why: "local resources in flux." });
  resources.otherStable = false;
  resources.lastWord = word;
  const waitMs = own ? TIMES.standbyAnswerMs : TIMES.standbyWorkMs;
  resources.standby = {
    role: own ? "giver" : "taker",
    stage: "asked",
    set: own ? holdOf(word) : mirrored(holdOf(word)),
    word,
    untilMs: daemon.nowMs + waitMs,
  };
  tell(daemon, "standby.begins", "info", { role: resources.standby.role, set: word });
  if (!own) ask(daemon, word, "other");
}

/** The other one is ready to take: this one gives. */
function agreed(daemon: Daemon): void {
  const { resources } = daemon;
  const { standby } = resources;
  if (standby?.role !== "giver" || standby.stage !== "asked") return;
  standby.stage = "agreed";
  standby.untilMs = daemon.nowMs + TIMES.standbyWorkMs;
  resources.hold = without(resources.hold, standby.set);
  sayResources(daemon, { stable: false, info: "standby" });
  daemon.jobs.child(give(daemon, standby));
}

function* give(daemon: Daemon, { set, word }: Standby): Job {
  yield* giveSet(daemon, set);
  ask(daemon, word, "done");
}

function* take(daemon: Daemon, set: Hold, word: string): Job {
  yield* takeSet(daemon, set);
  ask(daemon, word, "done");
}

function ownDone(daemon: Daemon): void {
  const { standby } = daemon.resources;
  if (standby?.role === "giver" && standby.stage === "agreed") standby.stage = "working";
  else if (standby?.role === "taker" && standby.stage === "working") finished(daemon, standby.set);
}

function otherDone(daemon: Daemon): void {
  const { standby } = daemon.resources;
  if (standby?.role === "giver" && standby.stage === "working") return finished(daemon, holdOf("none"));
  if (standby?.role !== "taker" || standby.stage !== "asked") return;
  standby.stage = "working";
  daemon.jobs.child(take(daemon, standby.set, standby.word));
}

function finished(daemon: Daemon, gained: Hold): void {
  const { resources } = daemon;
  resources.standby = undefined;
  resources.hold = either(resources.hold, gained);
  tell(daemon, "standby.done", "info", { holds: holdName(resources.hold) });
  sayResources(daemon);
}

/** The other one has let go of everything and leaves: what is missing here is taken, as if it had asked for a standby. */
export function takeLeft(daemon: Daemon, missing: Hold): void {
  if (nothingIn(missing)) return;
  // Not what is taken, but what the last standby was about.
  const word = daemon.resources.lastWord;
  const untilMs = daemon.nowMs + TIMES.standbyWorkMs;
  daemon.resources.standby = { role: "taker", stage: "working", set: missing, word, untilMs };
  daemon.jobs.child(take(daemon, missing, word));
}

export function cancelStandby(daemon: Daemon, why: string): void {
  if (daemon.resources.standby === undefined) return;
  daemon.resources.standby = undefined;
  tell(daemon, "standby.cancelled", "warn", { why });
}

/** Looked at with every poll. */
export function standbyTimers(daemon: Daemon): void {
  const { resources } = daemon;
  if (resources.standby !== undefined && resources.standby.untilMs <= daemon.nowMs) {
    cancelStandby(daemon, "No reply to standby request.  Standby request cancelled.");
    resources.otherStable = true;
  }
  const due = resources.offers.filter(({ atMs }) => atMs <= daemon.nowMs);
  resources.offers = resources.offers.filter(({ atMs }) => atMs > daemon.nowMs);
  for (const { set } of due) askStandby(daemon, set);
  if (resources.failbackAtMs !== undefined && resources.failbackAtMs <= daemon.nowMs) failBack(daemon);
}

/** After a peer has come back and is stable: groups at home there go home. */
export function failBack(daemon: Daemon): void {
  const { resources, init } = daemon;
  resources.failbackAtMs = undefined;
  if (init.failback !== "on" || !resources.needsFailback || isLeaving(daemon)) return;
  if (!resources.hold.foreign || !nothingIn(resources.otherHold)) return;
  if (!daemon.others.some((peer) => peer.status === "active")) return;
  if (resources.state !== "stable" || !isCalm(daemon)) {
    resources.failbackAtMs = daemon.nowMs + TIMES.failbackRetryMs;
    return;
  }
  resources.needsFailback = false;
  askStandby(daemon, holdName(FOREIGN));
}
