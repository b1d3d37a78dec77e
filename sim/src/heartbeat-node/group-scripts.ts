// What heartbeat's ResourceManager does with a group: takes it from left to right, gives it up from right to left.
import type { GroupSpec } from "@systole/core/ports";
import { tell, type Daemon } from "./daemon.js";
import { groupsIn, type Hold } from "./hold.js";
import type { Job, Work } from "./jobs.js";
import { BOUNDS, TIMES } from "./limits.js";

/** A status that says nothing clear means that it does not run. */
export function* isRunning(resource: string): Work<boolean> {
  const result = yield { kind: "run", resource, action: "status" };
  return result?.ok === true && result.state === "running";
}

export function* takeGroup(daemon: Daemon, key: string): Job {
  const group = daemon.init.groups.find((candidate) => candidate.key === key);
  if (group === undefined) return;
  for (const { name } of group.resources) {
    if (yield* isRunning(name)) continue;
    const result = yield { kind: "run", resource: name, action: "start" };
    if (result?.ok === true) continue;
    tell(daemon, "group.failed", "error", { group: key, resource: name });
    yield* giveGroup(daemon, group);
    const set = group.home === daemon.init.self ? "local" : "foreign";
    const offer = { atMs: daemon.nowMs + TIMES.failedGroupStandbyMs, set } as const;
    daemon.resources.offers = [...daemon.resources.offers.filter((other) => other.set !== set), offer];
    return;
  }
}

export function* takeSet(daemon: Daemon, set: Hold): Job {
  for (const { key } of groupsIn(daemon.init.groups, daemon.init.self, set)) yield* takeGroup(daemon, key);
}

export function* giveSet(daemon: Daemon, set: Hold): Job {
  for (const group of groupsIn(daemon.init.groups, daemon.init.self, set)) yield* giveGroup(daemon, group);
}

export function* giveGroup(daemon: Daemon, group: GroupSpec): Job {
  for (const { name } of group.resources.toReversed()) yield* stopResource(daemon, name);
}

/** What cannot be stopped and still runs makes the machine reboot: nothing else would be safe. */
function* stopResource(daemon: Daemon, resource: string): Job {
  for (let attempt = 0; attempt <= BOUNDS.stopRetries; attempt += 1) {
    if (attempt > 0) yield { kind: "sleep", ms: TIMES.stopRetryMs };
    const result = yield { kind: "run", resource, action: "stop" };
    if (result?.ok === true) return;
  }
  if (!(yield* isRunning(resource))) return;
  tell(daemon, "reboot.required", "error", { resource });
  daemon.broken = true;
}
