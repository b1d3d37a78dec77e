// Gives every group its nodes, one group after the other: first those that others are bound to, and for the rest by name.
import type { PlacementGroup } from "../../../ports/index.js";
import type { Bond } from "./bonds.js";
import { chooseNodes } from "./choose-nodes.js";
import { boundTo, withFollowers, type Followers } from "./colocation.js";
import { exhaustedOn, keptDown } from "./failures.js";
import { locationOf, type Location } from "./location.js";
import { promotedAmong, type PromotionChoice } from "./promotion.js";
import type { Scores } from "./score.js";
import { beyondReach, type Situation } from "./situation.js";
import { slotsFor, type Slot } from "./slots.js";
import type { RunningInstance } from "./state.js";

export interface Allotted {
  readonly group: PlacementGroup;
  readonly slots: readonly Slot[];
  /** Which of its instances are to be promoted, and what that was chosen by. */
  readonly promotion: PromotionChoice;
  /** What its nodes were chosen by. */
  readonly scores: Scores;
  /** Why it is not placed by scores, as a sentence. */
  readonly held: string | undefined;
  /** How many instances it is to have. */
  readonly room: number;
}

export const NO_PROMOTION: PromotionChoice = { promoted: new Set(), why: undefined };

export class Allocation {
  againAtMs = Number.POSITIVE_INFINITY;
  private readonly done = new Map<string, Allotted>();
  private readonly underWay = new Set<string>();
  private readonly load = new Map<string, number>();
  private readonly locations = new Map<string, Location>();
  private readonly followers: Followers;

  constructor(private readonly situation: Situation) {
    this.followers = {
      situation,
      all: situation.bonds,
      ownScores: (group) => this.locationOf(this.groupNamed(group)).scores,
      isDecided: (group) => this.done.has(group) || this.isHeld(group),
    };
    for (const group of situation.groups) this.allot(group);
  }

  /** In the order of names. */
  result(): readonly Allotted[] {
    return this.situation.groups.map(({ name }) => this.done.get(name)).filter((one) => one !== undefined);
  }

  private allot(group: PlacementGroup): void {
    if (this.done.has(group.name) || this.underWay.has(group.name)) return;
    this.underWay.add(group.name);
    const bonds = this.situation.bonds.filter(({ names }) => names[1] === group.name);
    for (const { names } of bonds) this.allot(this.groupNamed(names[0]));
    const allotted = this.place(group, bonds);
    this.done.set(group.name, allotted);
    for (const { node } of allotted.slots) this.addLoad(node, group.resources.length);
  }

  private place(group: PlacementGroup, bonds: readonly Bond[]): Allotted {
    const { situation } = this;
    const running = situation.runningOf(group.name);
    const kept = running.filter((one) => isLeftAlone(one, situation));
    const held = heldBack(group, situation);
    const location = this.locationOf(group);
    const room = roomOf(group, situation);
    let scores = this.scoresOf(group, location, bonds);
    const count = held === undefined ? Math.min(room.count, frozenCount(group, situation)) - kept.length : 0;
    const wanted = {
      count,
      perNode: room.perNode,
      taken: countBy(kept),
      current: new Set(running.map(({ node }) => node)),
      load: this.load,
      weight: group.resources.length,
    };
    let nodes = chooseNodes({ ...wanted, scores }, situation);
    if (nodes.length === 0 && count > 0 && this.isExhaustedSomewhere(group)) {
      scores = this.scoresOf(group, locationOf(group, situation, true), bonds);
      nodes = chooseNodes({ ...wanted, scores }, situation);
    }
    const slots = slotsFor(kept, nodes, running, beyondReach(group.name, situation));
    const promotion =
      group.promotable === undefined || held !== undefined
        ? NO_PROMOTION
        : promotedAmong(group, slots, situation, (own) =>
            withFollowers(own, group.name, this.followers, "promoted"),
          );
    return { group, slots, promotion, scores, held, room: room.count };
  }

  private scoresOf(group: PlacementGroup, { scores }: Location, bonds: readonly Bond[]): Scores {
    let sum = scores;
    for (const bond of bonds) {
      const first = this.done.get(bond.names[0]);
      if (first !== undefined) sum = boundTo(sum, bond, placesOf(first, bond), this.situation);
    }
    return withFollowers(sum, group.name, this.followers);
  }

  private locationOf(group: PlacementGroup): Location {
    let location = this.locations.get(group.name);
    if (location === undefined) {
      location = locationOf(group, this.situation);
      this.locations.set(group.name, location);
      this.againAtMs = Math.min(this.againAtMs, location.againAtMs);
    }
    return location;
  }

  private isHeld(name: string): boolean {
    return heldBack(this.groupNamed(name), this.situation) !== undefined;
  }

  private isExhaustedSomewhere(group: PlacementGroup): boolean {
    const { nodes, failures } = this.situation;
    return nodes.some(({ name }) => exhaustedOn(group, name, failures) !== undefined);
  }

  private groupNamed(name: string): PlacementGroup {
    const group = this.situation.groups.find((one) => one.name === name);
    if (group === undefined) throw new Error(`constraint with a group that is not there: ${name}`);
    return group;
  }

  private addLoad(node: string, resources: number): void {
    this.load.set(node, (this.load.get(node) ?? 0) + resources);
  }
}

/** Where the first of a bond was placed, in the role that the bond asks for. */
function placesOf({ slots, promotion }: Allotted, bond: Bond): readonly string[] {
  const promotedOnly = bond.kind === "together" && bond.role === "promoted";
  const counted = promotedOnly ? slots.filter(({ instance }) => promotion.promoted.has(instance)) : slots;
  return [...new Set(counted.map(({ node }) => node))];
}

/** Why scores do not decide about a group: it is left alone, or must not run anywhere. */
function heldBack(group: PlacementGroup, situation: Situation): string | undefined {
  const { name } = group;
  const { state, rules } = situation;
  if (situation.inMaintenance.has(name)) return "it is in maintenance: it is left as it is";
  const single = group.clone === undefined && group.promotable === undefined;
  const left = situation.runningOf(name).find((one) => isLeftAlone(one, situation));
  if (single && left !== undefined)
    return left.condition === "stuck"
      ? `it cannot be stopped on ${left.node}: no other node may start it`
      : `${left.node} is in maintenance: it is left as it is there`;
  if (!state.quorum && (rules.noQuorum ?? "stop") === "stop")
    return "there is no quorum: everything is stopped";
  return keptDown(group, situation.failures);
}

export function isLeftAlone({ group, node, condition }: RunningInstance, situation: Situation): boolean {
  const standing = situation.standingOf(node);
  if (standing === "unclean") return false;
  return condition === "stuck" || standing === "maintenance" || situation.inMaintenance.has(group);
}

/** Without quorum, and where that freezes, as many as run here. */
function frozenCount({ name }: PlacementGroup, situation: Situation): number {
  const { state, rules } = situation;
  if (state.quorum || rules.noQuorum !== "freeze") return Number.POSITIVE_INFINITY;
  return situation.runningOf(name).filter(({ node }) => situation.standingOf(node) !== "unclean").length;
}

function roomOf(
  { clone, promotable }: PlacementGroup,
  { nodes }: Situation,
): { readonly count: number; readonly perNode: number } {
  if (clone === undefined && promotable === undefined) return { count: 1, perNode: 1 };
  const perNode = clone?.perNode ?? 1;
  return { count: Math.min(clone?.max ?? nodes.length, nodes.length * perNode), perNode };
}

function countBy(running: readonly RunningInstance[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { node } of running) counts.set(node, (counts.get(node) ?? 0) + 1);
  return counts;
}
