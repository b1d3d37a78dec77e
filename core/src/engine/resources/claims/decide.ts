// The rules of claims, as one pure function of what a node knows. Five rules make the whole policy:
// a node runs a group only while the highest claim it knows names it; it starts one only when every live node agrees on
// that claim and says that it has stopped, and only where isolation lets it; an owner that goes, fails or falls behind
// claims for another; whoever finds a claim without a living owner claims for itself if it comes first in line; and of
// two that run, the one that is not heard stops, else the lower claim.
import { LIMITS } from "../../limits.js";
import { sameClaim, type Claim } from "./claim.js";
import type { ElsewhereAnswer } from "./elsewhere.js";
import { heardElsewhere } from "./second-hand.js";
import {
  isAlone,
  isAloneForLong,
  isJoining,
  isLive,
  isReady,
  peerOf,
  type Peer,
  type World,
} from "./world.js";

export interface GroupFacts {
  readonly key: string;
  readonly home: string;
  readonly claim: Claim;
  /** A higher claim of another that was heard while this node runs the group: since when, and which. */
  readonly conflict: { readonly claim: Claim; readonly sinceMs: number } | undefined;
  /** When the claim was heard from another node than its owner, and not from the owner since. */
  readonly secondHandAtMs: number | undefined;
  /** Nodes that have held it, and have not been heard since without it. */
  readonly holders: ReadonlySet<string>;
  /** Start failed on this node at that time. */
  readonly failedAtMs: number | undefined;
  /** The group is to go home as soon as it can. */
  readonly failbackDue: boolean;
  readonly runningHere: boolean;
  /** Why it had better not run here any longer: it failed here too often. */
  readonly away: string | undefined;
  /** It failed here as often as its rules allow, lately. */
  readonly exhausted: boolean;
  /** Why it is to stay down, everywhere, under this claim. */
  readonly down: string | undefined;
  /** What the network said when it was asked who serves it; undefined: it has not been asked. */
  readonly elsewhere: ElsewhereAnswer | undefined;
}

export interface Decision {
  /** A claim to make, with the reason in the operator's words. */
  readonly claim?: { readonly owner: string; readonly why: string };
  /** Accept the conflicting claim: another has won. */
  readonly yieldTo?: Claim;
  readonly wish: "run" | "stop";
  /** What the group waits for, when it waits. */
  readonly waiting?: string;
  /** When to decide again although nothing has happened. */
  readonly againAtMs?: number;
  /** The network is to be asked whether another host serves it. */
  readonly asks?: boolean;
}

export function decideGroup(group: GroupFacts, world: World): Decision {
  if (!world.active) return { wish: "stop", waiting: "this node is not active yet" };
  if (!world.standing.serves) return { wish: "stop", waiting: world.standing.why };
  const held = group.runningHere && group.claim.owner === world.self;
  const deaf = held ? deafRival(group, world) : undefined;
  if (deaf !== undefined) return decideUnheard(group, deaf, world);
  if (group.conflict !== undefined) return decideConflict(group, group.conflict, world);
  if (group.down !== undefined) return { wish: "stop", waiting: group.down };
  const claim = nextClaim(group, world);
  if (claim !== undefined && "owner" in claim) return { claim, wish: group.runningHere ? "run" : "stop" };
  if (group.claim.owner !== world.self || world.leaving) {
    return { wish: "stop", ...(claim === undefined ? {} : claim) };
  }
  const againAtMs = group.failedAtMs === undefined ? 0 : group.failedAtMs + LIMITS.startRetryMs;
  if (!group.runningHere && world.nowMs < againAtMs) {
    return {
      wish: "stop",
      waiting: "it failed here and no other node can take it; it is tried again later",
      againAtMs,
    };
  }
  const blocker = group.runningHere ? undefined : startBlocker(group, world);
  if (blocker !== undefined) return { wish: "stop", waiting: blocker };
  return { wish: "run", ...(claim === undefined ? {} : claim) };
}

/** Another that runs it too and does not hear this node: it would never learn of a claim, so it cannot be the one that lets go. */
function deafRival(group: GroupFacts, world: World): Peer | undefined {
  return world.peers.find((peer) => {
    const state = peer.report?.groups.get(group.key)?.state;
    return isLive(peer) && peer.deafFromMs !== undefined && (state === "started" || state === "starting");
  });
}

function decideUnheard(group: GroupFacts, { name, deafFromMs = 0 }: Peer, world: World): Decision {
  if (world.nowMs < deafFromMs)
    return {
      wish: "run",
      waiting: `${name} runs it too, and has not heard this node yet`,
      againAtMs: deafFromMs,
    };
  if (group.conflict !== undefined) return { yieldTo: group.conflict.claim, wish: "stop" };
  return {
    claim: { owner: name, why: `it runs on ${name}, which does not hear ${world.self}` },
    wish: "stop",
  };
}

/** Both run it. The higher claim wins; only a node at home with a reason to keep it may claim again. */
function decideConflict(
  group: GroupFacts,
  conflict: NonNullable<GroupFacts["conflict"]>,
  world: World,
): Decision {
  const goesHome = world.failback !== "off" && group.home === world.self && !world.leaving;
  if (!goesHome || group.failedAtMs !== undefined || group.away !== undefined)
    return { yieldTo: conflict.claim, wish: "stop" };
  if (world.behindSinceMs === undefined) {
    return {
      claim: { owner: world.self, why: "it is at home here, and was running when the partition healed" },
      wish: "run",
    };
  }
  const againAtMs = conflict.sinceMs + LIMITS.settleMs;
  if (world.nowMs >= againAtMs) return { yieldTo: conflict.claim, wish: "stop" };
  return { wish: "run", waiting: "a healed partition is being settled", againAtMs };
}

type NextClaim =
  | { readonly owner: string; readonly why: string }
  | { readonly waiting: string; readonly againAtMs?: number; readonly asks?: boolean }
  | undefined;

function nextClaim(group: GroupFacts, world: World): NextClaim {
  const { owner } = group.claim;
  if (owner === world.self) return claimAway(group, world);
  const gone = ownerGone(group, world);
  if (gone === undefined) return undefined;
  const heard = owner === undefined ? undefined : heardElsewhere(owner, world);
  if (heard !== undefined) return { waiting: heard };
  // At a common start the node at home may be a moment behind: its group is not worth two moves.
  const home = peerOf(world, group.home);
  if (owner === undefined && home !== undefined && isJoining(home))
    return { waiting: `${group.home} is joining` };
  const candidate = firstInLine(group, world);
  if (candidate === undefined) return { waiting: `${gone}, and no node can take it` };
  if (candidate !== world.self) return { waiting: `${gone}; ${candidate} is to take it` };
  if (world.standing.take === "no") return { waiting: `${gone}; ${world.standing.why}` };
  if (owner !== undefined && world.unsettled.has(owner)) return { waiting: `${owner} must be fenced first` };
  const rival =
    owner === undefined || peerOf(world, owner)?.state === "dead" ? [...world.rivals][0] : undefined;
  if (rival !== undefined) return { waiting: `${rival} must be fenced first: it may take it as well` };
  // Two nodes that hear each other only through a third would claim it from each other for ever.
  const againAtMs = (group.secondHandAtMs ?? -Infinity) + LIMITS.secondHandClaimMs;
  if (world.nowMs < againAtMs)
    return { waiting: `${gone} here, and another node has heard it claim`, againAtMs };
  return takenElsewhere(group, world) ?? { owner: world.self, why: gone };
}

/**
 * A node that has never heard another one is alone, or has the wrong key, or a closed firewall: only the network can tell.
 * It asks before it claims, so that its claim is not the later one when it is heard at last. It has the time.
 */
function takenElsewhere({ elsewhere }: GroupFacts, world: World): NextClaim {
  if (!world.unaided) return undefined;
  if (elsewhere === undefined)
    return { waiting: "no other node was ever heard: the network is asked who serves it", asks: true };
  const { atMs, held } = elsewhere;
  const againAtMs = atMs + world.elsewhereAgainMs;
  if (held === undefined)
    return world.nowMs < againAtMs
      ? undefined
      : { waiting: "the network is asked again who serves it", asks: true };
  const waiting = `${held}, and no other node was ever heard: it is not started here as long as that is so; it is asked again every few seconds`;
  return world.nowMs < againAtMs ? { waiting, againAtMs } : { waiting, asks: true };
}

/** Why the claim's owner no longer counts, or undefined while it does. */
function ownerGone(group: GroupFacts, world: World): string | undefined {
  const { owner } = group.claim;
  if (owner === undefined) return "nobody has held it yet";
  const peer = peerOf(world, owner);
  if (peer === undefined) return `${owner} is not a node of this cluster`;
  if (peer.state === "dead") return `${owner} is dead`;
  if (peer.state === "init") return undefined;
  if (isAloneForLong(peer, world)) return `${owner} hears nobody, and has let go of it`;
  const report = peer.report;
  if (report === undefined || !report.ready) {
    // A node that is leaving hands its groups over itself; one that came back holds nothing of its former life.
    const reported = report?.groups.get(group.key);
    if (reported !== undefined && reported.claim.epoch >= group.claim.epoch) return undefined;
    return peer.state === "up" || report !== undefined ? `${owner} has started anew` : undefined;
  }
  return report.groups.get(group.key)?.failed === true ? `it failed on ${owner}` : undefined;
}

/** The claim that this node, as the owner, makes for another: it leaves, it failed, it is cut off, or the group goes home. */
function claimAway(group: GroupFacts, world: World): NextClaim {
  const other = firstInLine(group, world, world.self);
  if (other === undefined) {
    const wanted = world.leaving || group.away !== undefined;
    return wanted ? { waiting: "no other node can take it" } : undefined;
  }
  if (world.leaving) return { owner: other, why: `${world.self} is leaving` };
  if (group.failedAtMs !== undefined) return { owner: other, why: `it failed on ${world.self}` };
  const fresh = !isExhausted(group, world, other);
  // No ping-pong: when it failed too often everywhere, it stays where it is.
  if (group.away !== undefined) {
    return fresh ? { owner: other, why: group.away } : { waiting: `it failed too often on ${other} too` };
  }
  if (cutOff(world) && pingsOf(world, other) > world.pings) {
    return { owner: other, why: `${other} reaches more ping nodes than ${world.self}` };
  }
  if (
    group.failbackDue &&
    group.home !== world.self &&
    other === group.home &&
    fresh &&
    pingsOf(world, other) >= world.pings
  ) {
    return { owner: other, why: `it goes home to ${other}` };
  }
  return undefined;
}

/**
 * The node that should take a group: home first, then the order of the configuration; nodes on which it failed too
 * often come last.
 */
export function firstInLine(group: GroupFacts, world: World, except?: string): string | undefined {
  const line = [group.home, ...world.order.filter((name) => name !== group.home)];
  const able = line.filter((name) => name !== except && eligible(group, world, name));
  return able.find((name) => !isExhausted(group, world, name)) ?? able[0];
}

function isExhausted(group: GroupFacts, world: World, name: string): boolean {
  if (name === world.self) return group.exhausted;
  return peerOf(world, name)?.report?.groups.get(group.key)?.exhausted === true;
}

/** Whether a node could take it now. */
export function eligible(group: GroupFacts, world: World, name: string): boolean {
  if (name === world.self) {
    if (world.leaving || !world.active) return false;
    return group.failedAtMs === undefined || world.nowMs >= group.failedAtMs + LIMITS.startRetryMs;
  }
  const peer = peerOf(world, name);
  return peer !== undefined && isReady(peer) && peer.report?.groups.get(group.key)?.failed !== true;
}

/** Behind long enough that it is no single lost echo. */
function cutOff(world: World): boolean {
  const since = world.behindSinceMs;
  return world.ipfail && since !== undefined && world.nowMs - since >= 2 * world.keepaliveMs;
}

function pingsOf(world: World, name: string): number {
  return peerOf(world, name)?.report?.pings ?? 0;
}

/** Why it may run on a node that this one does not hear, and another does. */
export function mayRunUnheard({ holders }: GroupFacts, world: World): string | undefined {
  for (const holder of holders) {
    const heard = heardElsewhere(holder, world);
    if (heard !== undefined) return `${heard}: it may run there`;
  }
  return undefined;
}

/** Who keeps this node from starting a group that it has claimed; undefined when nobody does. */
function startBlocker(group: GroupFacts, world: World): string | undefined {
  const heard = mayRunUnheard(group, world);
  if (heard !== undefined) return heard;
  for (const peer of world.peers) {
    if (world.unsettled.has(peer.name)) return `${peer.name} must be fenced first`;
    if (!isLive(peer)) continue;
    const reported = peer.report?.groups.get(group.key);
    if (reported === undefined) return `${peer.name} has not said yet what it runs`;
    if (reported.state !== "stopped") return `${peer.name} has not let go of it yet (${reported.state})`;
    // One that does not hear this node cannot know of it; when it has let go as well, it serves nothing before it does.
    const cannotKnow = isAlone(peer) && peer.deafFromMs !== undefined;
    if (!cannotKnow && !sameClaim(reported.claim, group.claim))
      return `${peer.name} does not know of the claim yet`;
  }
  return undefined;
}
