// What an operator's request means for the groups: which are to move, where to, or why that cannot be.
import type { GroupSet, OperatorRequest } from "../../../ports/index.js";
import { groupsText, namedGroups } from "../cleanup.js";
import { eligible, firstInLine, mayRunUnheard, type GroupFacts } from "./decide.js";
import type { GroupClaim } from "./group-claim.js";
import type { Progress } from "./requests.js";
import { isReady, peerOf, type World } from "./world.js";

export type MoveRequest = Extract<OperatorRequest, { kind: "standby" | "takeover" | "move" }>;

export function isMove(request: OperatorRequest): request is MoveRequest {
  return request.kind === "standby" || request.kind === "takeover" || request.kind === "move";
}

export interface Move {
  readonly group: GroupClaim;
  readonly to: string;
}

export type MovePlan =
  | { readonly kind: "moves"; readonly moves: readonly Move[] }
  | { readonly kind: "done"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string };

export function planMoves(request: MoveRequest, groups: readonly GroupClaim[], world: World): MovePlan {
  if (!world.active || world.leaving) {
    const why = world.leaving ? "this node is leaving" : "this node is not active yet";
    return { kind: "refused", reason: `${why}; see \`systole status\`` };
  }
  const takes = request.kind === "takeover" || (request.kind === "move" && request.to === world.self);
  if (!world.standing.serves || (takes && world.standing.take === "no"))
    return { kind: "refused", reason: world.standing.why };
  const concerned = groups.filter((group) => concerns(group, request, world.self));
  if (request.kind === "move") {
    const other = moveAnswer(request, concerned[0], groups, world);
    if (other !== undefined) return other;
  } else if (concerned.length === 0) {
    const verb = request.kind === "standby" ? "gives up" : "takes";
    return { kind: "done", reason: `nothing to do: no group of that set is one that this node ${verb}` };
  }
  const moves: Move[] = [];
  for (const group of concerned) {
    const facts = group.facts(world.nowMs);
    const heard = takes ? mayRunUnheard(facts, world) : undefined;
    if (heard !== undefined) return { kind: "refused", reason: `${group.spec.key}: ${heard}` };
    const to = takes ? world.self : targetOf(request, facts, world);
    if (to === undefined) {
      return {
        kind: "refused",
        reason: `${group.spec.key}: no other node can take it (${othersOf(world, group)})`,
      };
    }
    moves.push({ group, to });
  }
  return { kind: "moves", moves };
}

/** How far a group is on the way to `to`. */
export function progressOf(group: GroupClaim, to: string, world: World): Progress {
  if (to === world.self) {
    if (group.failureReason !== undefined) return { kind: "failed", reason: group.failureReason };
    return group.runner.state() === "started" ? { kind: "started" } : undefined;
  }
  const reported = peerOf(world, to)?.report?.groups.get(group.spec.key);
  if (reported === undefined || reported.claim.epoch < group.claim.epoch) return undefined;
  if (reported.failed) return { kind: "failed", reason: reported.reason ?? "it failed there" };
  return reported.state === "started" ? { kind: "started" } : undefined;
}

/** Whether a group belongs to a set, as counted from `self`. */
export function inSet(home: string, set: GroupSet, self: string): boolean {
  return set === "all" || (set === "local") === (home === self);
}

/** Where the operator or the order of the nodes has it; undefined: no node can take it. */
function targetOf(request: MoveRequest, facts: GroupFacts, world: World): string | undefined {
  if (request.kind !== "move") return firstInLine(facts, world, world.self);
  const { to } = request;
  if (to === undefined) return firstInLine(facts, world, facts.claim.owner);
  return eligible(facts, world, to) ? to : undefined;
}

/** What there is to say of a move that is none; undefined: it is one. */
function moveAnswer(
  { group: name, to }: MoveRequest & { kind: "move" },
  group: GroupClaim | undefined,
  groups: readonly GroupClaim[],
  world: World,
): MovePlan | undefined {
  if (group === undefined) {
    const known = groupsText(groups.map(({ spec }) => spec));
    return { kind: "refused", reason: `there is no group ${name}; ${known}` };
  }
  if (to !== undefined && !world.order.includes(to))
    return { kind: "refused", reason: `there is no node ${to}; the nodes are ${world.order.join(", ")}` };
  const isThere =
    to !== undefined && group.claim.owner === to && progressOf(group, to, world)?.kind === "started";
  return isThere ? { kind: "done", reason: `nothing to do: ${group.spec.key} runs on ${to}` } : undefined;
}

function concerns(group: GroupClaim, request: MoveRequest, self: string): boolean {
  if (request.kind === "move") return namedGroups([group.spec], request.group).length > 0;
  if (!inSet(group.spec.home, request.set, self)) return false;
  const mine = group.claim.owner === self;
  return request.kind === "standby" ? mine : !mine;
}

function othersOf(world: World, group: GroupClaim): string {
  const reasons = world.order
    .filter((name) => name !== world.self)
    .map((name) => {
      const peer = peerOf(world, name);
      if (peer === undefined || !isReady(peer)) return `${name} is ${peer?.state ?? "unknown"}`;
      const reported = peer.report?.groups.get(group.spec.key);
      return `${name} failed to start it: ${reported?.reason ?? "unknown reason"}`;
    });
  return reasons.length === 0 ? "there is no other node" : reasons.join("; ");
}
