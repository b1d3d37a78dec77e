// Who should have a group, and whether this node may run it: a pure function of what this node knows.
import type { Claim, GroupReport, Report } from "./report.js";

export interface World {
  readonly self: string;
  readonly active: boolean;
  readonly leaving: boolean;
  readonly failback: boolean;
  /** Every node, in the order of the configuration. */
  readonly order: readonly string[];
  /** The reports of the living others; undefined for one that has not told yet. */
  readonly peers: ReadonlyMap<string, Report | undefined>;
  /** Dead nodes that may still run something: nothing is taken from them before they are fenced. */
  readonly unfenced: ReadonlySet<string>;
}

export interface GroupFacts {
  readonly key: string;
  readonly home: string;
  readonly claim: Claim;
  /** It could not be started here, lately. */
  readonly failed: boolean;
  /** It runs here, or is about to. */
  readonly runs: boolean;
  /** Its home has come back since it was claimed. */
  readonly homeIsBack: boolean;
}

export interface Decision {
  /** Whom to claim it for. */
  readonly claimFor?: string;
  readonly wish: "run" | "stop";
  /** A sentence. */
  readonly why: string;
}

export function decide(group: GroupFacts, world: World): Decision {
  const { self } = world;
  const { owner } = group.claim;
  if (!world.active) return { wish: "stop", why: "this node has not joined yet" };
  if (owner === self) return asOwner(group, world);
  const silent = [...world.peers].find(([, report]) => report === undefined);
  if (silent !== undefined) return { wish: "stop", why: `${silent[0]} has not said yet what it runs` };
  if (owner !== undefined && mayKeep(group, owner, world))
    return { wish: "stop", why: `it belongs to ${owner}` };
  const next = firstAble(group, world);
  if (next !== self)
    return { wish: "stop", why: next === undefined ? "no node can take it" : `${next} is to take it` };
  if (owner !== undefined && world.unfenced.has(owner))
    return { wish: "stop", why: `${owner} must be fenced first` };
  return {
    claimFor: self,
    wish: "stop",
    why: owner === undefined ? "nobody has it" : `${owner} cannot have it`,
  };
}

function asOwner(group: GroupFacts, world: World): Decision {
  const other = firstAble(group, world, world.self);
  const reason = whyAway(group, world, other);
  if (reason !== undefined && other !== undefined) return { claimFor: other, wish: "stop", why: reason };
  if (world.leaving || group.failed) return { wish: "stop", why: reason ?? "no other node can take it" };
  const blocker = group.runs ? undefined : startBlocker(group, world);
  return blocker === undefined ? { wish: "run", why: "it belongs here" } : { wish: "stop", why: blocker };
}

function whyAway(group: GroupFacts, world: World, other: string | undefined): string | undefined {
  if (world.leaving) return `${world.self} is leaving`;
  if (group.failed) return `it could not be started on ${world.self}`;
  if (world.failback && group.homeIsBack && other === group.home) return `it goes home to ${group.home}`;
  return undefined;
}

/** The node at home, then the order of the configuration. */
function firstAble(group: GroupFacts, world: World, except?: string): string | undefined {
  return [group.home, ...world.order].find((name) => name !== except && isAble(group, name, world));
}

function isAble(group: GroupFacts, name: string, world: World): boolean {
  if (name === world.self) return world.active && !world.leaving && !group.failed;
  const report = world.peers.get(name);
  return report?.ready === true && report.groups.get(group.key)?.failed !== true;
}

/** A living owner keeps a group until it gives it away itself, unless it could not start it. */
function mayKeep({ key }: GroupFacts, owner: string, world: World): boolean {
  return world.peers.has(owner) && world.peers.get(owner)?.groups.get(key)?.failed !== true;
}

/** Why this node must not start what it has claimed; undefined when every other node agrees and has let go. */
function startBlocker({ key, claim }: GroupFacts, world: World): string | undefined {
  const [unfenced] = world.unfenced;
  if (unfenced !== undefined) return `${unfenced} must be fenced first`;
  for (const [name, report] of world.peers) {
    const told: GroupReport | undefined = report?.groups.get(key);
    if (told === undefined) return `${name} has not said yet what it runs`;
    if (told.state !== "stopped") return `${name} has not let go of it yet`;
    if (told.claim.epoch !== claim.epoch || told.claim.owner !== claim.owner)
      return `${name} does not know of the claim yet`;
  }
  return undefined;
}
