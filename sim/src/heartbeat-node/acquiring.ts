// A node takes the groups that are at home here, and says what it holds.
import { isLeaving, tell, type Daemon } from "./daemon.js";
import { giveGroup, isRunning, takeGroup } from "./group-scripts.js";
import { either, groupsIn, holdName, LOCAL } from "./hold.js";
import type { Job } from "./jobs.js";
import { textField, type Message } from "@systole/core/ports";

export function sayResources(
  daemon: Daemon,
  how: { readonly stable?: boolean; readonly info?: string } = {},
): void {
  const { hold, state } = daemon.resources;
  const stable = how.stable ?? state === "stable";
  reportHold(daemon, holdName(hold), stable, how.info);
}

function reportHold(daemon: Daemon, hold: string, stable: boolean, info?: string): void {
  daemon.say({
    t: "resource",
    rsc_hold: hold,
    rtype: "full",
    isstable: stable ? "1" : "0",
    ...(info !== undefined && { info }),
  });
}

/** Not when the other one holds them, unless it is known to hold nothing any more (`force`). */
export function acquireOwn(daemon: Daemon, force: boolean): void {
  const { resources } = daemon;
  if (!force && (resources.otherHold.foreign || resources.hold.local)) return;
  resources.hold = either(resources.hold, LOCAL);
  // The child says what was held when it was made.
  daemon.jobs.child(requestOwn(daemon, holdName(resources.hold)));
}

function* requestOwn(daemon: Daemon, hold: string): Job {
  const { self, groups } = daemon.init;
  for (const { key, resources } of groupsIn(groups, self, LOCAL)) {
    // Only the first resource is looked at: a group that was left half started stays so.
    if (yield* isRunning(resources[0]?.name ?? key)) continue;
    if (daemon.nice || isAlone(daemon))
      daemon.say({ t: "ip-request-resp", dest: self, ipaddr: key, weown: "yes", ok: "OK" });
    else daemon.say({ t: "ip-request", ipaddr: key });
  }
  if (daemon.nice) reportHold(daemon, hold, true, "req_our_resources()");
}

/** Who is only on its way has nothing to give, and nobody asks it. */
function isAlone(daemon: Daemon): boolean {
  return daemon.others.every(({ status }) => status === "dead" || status === "up");
}

/** Somebody answers for a group, or this node itself does: it is taken. */
export function heardGrant(daemon: Daemon, message: Message): void {
  const key = textField(message, "ipaddr");
  if (key === undefined || textField(message, "ok") !== "OK" || isLeaving(daemon)) return;
  daemon.jobs.script(takeGroup(daemon, key));
}

/** Legacy: a node asks for a group of its own. */
export function heardRequest(daemon: Daemon, from: string, message: Message): void {
  const key = textField(message, "ipaddr");
  if (key === undefined) return;
  tell(daemon, "group.requested", "info", { group: key, by: from });
  daemon.jobs.script(grant(daemon, from, key));
}

function* grant(daemon: Daemon, to: string, key: string): Job {
  const group = daemon.init.groups.find((candidate) => candidate.key === key);
  if (group === undefined) return;
  const owned = yield* isRunning(group.resources[0]?.name ?? key);
  if (owned) yield* giveGroup(daemon, group);
  daemon.say({ t: "ip-request-resp", dest: to, ipaddr: key, weown: owned ? "yes" : "no", ok: "OK" });
}
