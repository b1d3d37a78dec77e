// The policy's state for people and programs: who holds what, whether it rests, and why.
import type {
  GroupView,
  IsolationView,
  NodeFailures,
  PolicyView,
  ResourceView,
  RunState,
} from "../../../ports/index.js";
import { sameClaim } from "./claim.js";
import type { GroupClaim } from "./group-claim.js";
import type { NodeReport } from "./report.js";
import { isAlone, isLive, type World } from "./world.js";

type Reports = ReadonlyMap<string, NodeReport>;

export function viewOf(
  groups: readonly GroupClaim[],
  reports: Reports,
  world: World,
  requestWaiting: boolean,
  isolation: IsolationView,
): PolicyView {
  const unrest = world.active ? firstUnrest(groups, reports, world) : "this node has not joined yet";
  const waiting = groups.find(
    ({ waiting: why, claim, elsewhere }) =>
      why !== undefined && (claim.owner !== undefined || elsewhere.answer?.held !== undefined),
  );
  const stable = unrest === undefined && !requestWaiting;
  const rest = !world.standing.serves
    ? world.standing.why
    : waiting === undefined
      ? "every group is where it should be"
      : `${waiting.spec.key}: ${waiting.waiting}`;
  return {
    stable,
    why: unrest ?? (requestWaiting ? "a request of an operator is under way" : rest),
    groups: groups.map((group) => groupView(group, reports, world)),
    isolation,
  };
}

/** The first thing that moves, as a sentence. */
function firstUnrest(groups: readonly GroupClaim[], reports: Reports, world: World): string | undefined {
  if (world.leaving) return "this node is leaving";
  for (const group of groups) {
    const { key } = group.spec;
    const here = group.runner.state();
    if (group.conflict !== undefined) return `${key}: two nodes run it, and the claims are being settled`;
    if (moving(here)) return `${key} is ${here} on ${world.self}${because(group.runner.note())}`;
    for (const peer of world.peers.filter(isLive)) {
      const reported = reports.get(peer.name)?.groups.get(key);
      if (reported === undefined) return `${peer.name} has not said yet what it runs`;
      if (moving(reported.state))
        return `${key} is ${reported.state} on ${peer.name}${because(reported.reason)}`;
      if (!isAlone(peer) && !sameClaim(reported.claim, group.claim))
        return `${key}: ${peer.name} does not know of the last claim yet`;
    }
    const runs = stateOn(group.claim.owner, group, reports, world);
    if (runs !== "started" && group.waiting === undefined)
      return `${key} is about to start on ${group.claim.owner}`;
  }
  return undefined;
}

function because(reason: string | undefined): string {
  return reason === undefined ? "" : `: ${reason}`;
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
  const failures = failuresOf(group, reports, world);
  const failed = group.failedAtMs !== undefined || group.down !== undefined;
  return {
    key: group.spec.key,
    home: group.spec.home,
    owner,
    state: owner === undefined && failed ? "failed" : state,
    epoch: group.claim.epoch,
    why: whyOf(group, owner, reports, world),
    resources: resourcesOn(owner, group, reports, world),
    ...(failures.length === 0 ? {} : { failures }),
  };
}

function whyOf(group: GroupClaim, owner: string | undefined, reports: Reports, world: World): string {
  if (group.down !== undefined) return group.down;
  const there = owner === undefined ? undefined : reports.get(owner)?.groups.get(group.spec.key);
  const note = owner === world.self ? group.runner.note() : there?.reason;
  if (note !== undefined) return group.waiting === undefined ? note : `${note}; ${group.waiting}`;
  return group.waiting ?? group.failureReason ?? group.why;
}

function resourcesOn(
  owner: string | undefined,
  group: GroupClaim,
  reports: Reports,
  world: World,
): readonly ResourceView[] {
  if (owner === undefined || owner === world.self) return group.runner.resources();
  const reported = reports.get(owner)?.groups.get(group.spec.key);
  return group.spec.resources.map(({ name, agent }, index) => {
    const failures = reported?.failures[index] ?? 0;
    return { name, agent, state: reported?.state ?? "unknown", ...(failures === 0 ? {} : { failures }) };
  });
}

function failuresOf(group: GroupClaim, reports: Reports, world: World): readonly NodeFailures[] {
  return world.order.flatMap((node) => {
    const told = node === world.self ? group.report() : reports.get(node)?.groups.get(group.spec.key);
    if (told === undefined) return [];
    const count = told.failures.reduce((sum, failures) => sum + failures, 0);
    const exhausted = told.exhausted || told.failed;
    return count === 0 && !exhausted ? [] : [{ node, count, exhausted }];
  });
}
