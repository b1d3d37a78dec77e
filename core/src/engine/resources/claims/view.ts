// The policy's state for people and programs: who holds what, whether it rests, and why.
import type { GroupView, PolicyView, ResourceView, RunState } from "../../../ports/index.js";
import { sameClaim } from "./claim.js";
import type { GroupClaim } from "./group-claim.js";
import type { NodeReport } from "./report.js";
import { isLive, type World } from "./world.js";

type Reports = ReadonlyMap<string, NodeReport>;

export function viewOf(
  groups: readonly GroupClaim[],
  reports: Reports,
  world: World,
  requestWaiting: boolean,
): PolicyView {
  const unrest = world.active ? firstUnrest(groups, reports, world) : "this node has not joined yet";
  const waiting = groups.find((group) => group.waiting !== undefined && group.claim.owner !== undefined);
  const stable = unrest === undefined && !requestWaiting;
  const rest =
    waiting === undefined ? "every group is where it should be" : `${waiting.spec.key}: ${waiting.waiting}`;
  return {
    stable,
    why: unrest ?? (requestWaiting ? "a request of an operator is under way" : rest),
    groups: groups.map((group) => groupView(group, reports, world)),
  };
}

/** The first thing that moves, as a sentence. */
function firstUnrest(groups: readonly GroupClaim[], reports: Reports, world: World): string | undefined {
  if (world.leaving) return "this node is leaving";
  for (const group of groups) {
    const { key } = group.spec;
    const here = group.runner.state();
    if (group.conflict !== undefined) return `${key}: two nodes run it, and the claims are being settled`;
    if (moving(here)) return `${key} is ${here} on ${world.self}`;
    for (const peer of world.peers.filter(isLive)) {
      const reported = reports.get(peer.name)?.groups.get(key);
      if (reported === undefined) return `${peer.name} has not said yet what it runs`;
      if (moving(reported.state)) return `${key} is ${reported.state} on ${peer.name}`;
      if (!sameClaim(reported.claim, group.claim))
        return `${key}: ${peer.name} does not know of the last claim yet`;
    }
    const runs = stateOn(group.claim.owner, group, reports, world);
    if (runs !== "started" && group.waiting === undefined)
      return `${key} is about to start on ${group.claim.owner}`;
  }
  return undefined;
}

function moving(state: RunState): boolean {
  return state === "starting" || state === "stopping" || state === "unknown";
}

function stateOn(node: string | undefined, group: GroupClaim, reports: Reports, world: World): RunState {
  if (node === world.self) return group.runner.state();
  if (node === undefined) return "stopped";
  return reports.get(node)?.groups.get(group.spec.key)?.state ?? "unknown";
}

/** The node that runs it; while it moves, the one that has it still. */
function holder(group: GroupClaim, reports: Reports, world: World): string | undefined {
  const names = [group.claim.owner, ...world.order].filter((name) => name !== undefined);
  return (
    names.find((name) => stateOn(name, group, reports, world) === "started") ??
    names.find((name) => ["starting", "stopping", "failed"].includes(stateOn(name, group, reports, world)))
  );
}

function groupView(group: GroupClaim, reports: Reports, world: World): GroupView {
  const owner = holder(group, reports, world);
  const state = owner === undefined ? "stopped" : stateOn(owner, group, reports, world);
  return {
    key: group.spec.key,
    home: group.spec.home,
    owner,
    state: owner === undefined && group.failedAtMs !== undefined ? "failed" : state,
    epoch: group.claim.epoch,
    why: group.waiting ?? group.failureReason ?? group.why,
    resources: owner === undefined || owner === world.self ? group.runner.resources() : remote(group, state),
  };
}

function remote(group: GroupClaim, state: RunState): readonly ResourceView[] {
  return group.spec.resources.map(({ name, agent }) => ({ name, agent, state }));
}
