// What the R1 machine remembers, as plain data.
import type { GroupSet, RunState } from "../../../ports/index.js";
import type { R1Init, R1Phase } from "./contract.js";
import type { Position } from "./messages.js";
import { isLocal, NONE, type Held } from "./sets.js";

/** Our part in a standby: `asked`, `giving`, `given` on the side that gives up, `offered` and `taking` on the other. */
export type Standby =
  | { readonly kind: "none" }
  | { readonly kind: "asked" | "given" | "offered"; readonly set: GroupSet; readonly untilMs: number }
  /** `before` is what this node held: taken back when the peer goes away in the middle. */
  | { readonly kind: "giving"; readonly set: GroupSet; readonly before: Held }
  | { readonly kind: "taking"; readonly set: GroupSet };

/** What is to be said when the last group of a job has reported. */
export type After =
  | { readonly kind: "nothing" }
  | { readonly kind: "own-acquired" }
  /** The groups of a node that is gone run here. */
  | { readonly kind: "taken-over" }
  | { readonly kind: "given"; readonly set: GroupSet; readonly serial: number }
  | { readonly kind: "taken"; readonly set: GroupSet; readonly serial: number }
  | { readonly kind: "announce" }
  /** What the peer runs as well is given up. */
  | { readonly kind: "yielded" }
  | { readonly kind: "released" }
  | { readonly kind: "ip-answer"; readonly key: string; readonly to: string };

/** Groups that start or stop one after another. */
export interface Job {
  readonly action: "acquire" | "release";
  keys: string[];
  after: After;
  /** The group that was asked and has not reported. */
  busy: string | undefined;
  /** `busy` failed to start and is being stopped. */
  undoing: boolean;
  retryAtMs: number | undefined;
}

export interface PendingRequest {
  readonly id: number;
  readonly kind: "standby" | "takeover";
  /** Until the peer reacts; undefined once it has. */
  untilMs: number | undefined;
  /** A takeover is asked for twice: a busy heartbeat's script may lose what it passes on. */
  again: { readonly set: GroupSet; readonly atMs: number } | undefined;
}

export interface IpfailState {
  giveUp: { readonly set: GroupSet; readonly atMs: number } | undefined;
  /** A give-up met a cluster in transition: count again when the peer is stable. */
  postponed: boolean;
  countAgainAtMs: number | undefined;
}

export interface R1State {
  phase: R1Phase;
  holds: Held;
  readonly groups: Map<string, RunState>;
  readonly jobs: Job[];

  otherHolds: Held;
  otherStable: boolean;
  /** The peer has said what it holds in this life. */
  otherKnown: boolean;
  /** The peer has announced to give groups up and has not said that it did. */
  otherReleasing: boolean;
  /** The peer said goodbye, and has not been heard to start since. */
  peerLeft: boolean;
  /** The node whose death has been dealt with. */
  buried: string | undefined;
  lastReport: Position | undefined;
  /** The newest `ask_resources` of the peer: an older one belongs to an exchange that is over. */
  lastAsk: Position | undefined;

  localTakeoverAtMs: number | undefined;
  startingAgainAtMs: number | undefined;
  announceDue: boolean;
  standby: Standby;
  standbySerial: number;
  needsFailback: boolean;
  failbackNotBeforeMs: number;
  /** The node that must be fenced before anything of it is taken. */
  fence: { readonly node: string } | undefined;
  /** When the peer is offered a set of which a group failed to start here. */
  readonly failedStarts: Map<"local" | "foreign", number>;

  /** What both nodes claim, when it is to be settled, and whether the peer was asked to give it up. */
  bothOwn: { readonly held: Held; readonly atMs: number; readonly asked: boolean } | undefined;
  unclaimedAtMs: number | undefined;
  /** When a peer that has not said what it holds is made to say it. */
  unknownAtMs: number | undefined;
  /** This node was away: until then it only listens. */
  listensUntilMs: number | undefined;
  /** The peer was told that this node is not stable; and when it is told once more that it is. */
  unstableSaid: boolean;
  sayAgainAtMs: number | undefined;
  probeAtMs: number | undefined;
  /** Legacy only: a healed peer that has not said goodbye by then keeps running what is at home there. */
  legacyHealAtMs: number | undefined;
  /** Legacy only: groups that the peer was asked for, and when it is asked again. */
  readonly ipRequests: Map<string, number>;

  request: PendingRequest | undefined;
  readonly stops: number[];
  stopPatienceAtMs: number | undefined;
  released: boolean;
  readonly ipfail: IpfailState;
}

export function initialState(init: R1Init): R1State {
  const holding = new Set(init.holding);
  const started = new Set(init.holding.filter((key) => init.unfinished?.includes(key) !== true));
  const held = init.groups.filter((group) => holding.has(group.key));
  const nothingAtHome = !init.groups.some((group) => isLocal(group, init.self));
  const holds = init.stable
    ? {
        // A set without groups has an owner too, its home node: else heartbeat complains that no one owns it.
        local: nothingAtHome || held.some((group) => isLocal(group, init.self)),
        foreign: held.some((group) => !isLocal(group, init.self)),
      }
    : NONE;
  return {
    phase: init.stable ? "stable" : "init",
    holds,
    groups: new Map(init.groups.map((group) => [group.key, started.has(group.key) ? "started" : "stopped"])),
    jobs: [],
    otherHolds: NONE,
    otherStable: false,
    otherKnown: false,
    otherReleasing: false,
    peerLeft: false,
    buried: undefined,
    lastReport: undefined,
    lastAsk: undefined,
    localTakeoverAtMs: undefined,
    startingAgainAtMs: undefined,
    announceDue: init.stable,
    standby: { kind: "none" },
    standbySerial: 0,
    needsFailback: holds.foreign,
    failbackNotBeforeMs: 0,
    fence: undefined,
    failedStarts: new Map(),
    bothOwn: undefined,
    unclaimedAtMs: undefined,
    unknownAtMs: undefined,
    listensUntilMs: undefined,
    unstableSaid: false,
    sayAgainAtMs: undefined,
    probeAtMs: undefined,
    legacyHealAtMs: undefined,
    ipRequests: new Map(),
    request: undefined,
    stops: [],
    stopPatienceAtMs: undefined,
    released: false,
    ipfail: { giveUp: undefined, postponed: false, countAgainAtMs: undefined },
  };
}

/** The earliest time at which a tick does something; 0 when it is due at once, Infinity when there is none. */
export function nextTimer(state: R1State, nowMs: number): number {
  if (state.released) return Infinity;
  if (state.listensUntilMs !== undefined) return state.listensUntilMs;
  if (state.announceDue) return 0;
  const standbyMs = "untilMs" in state.standby ? state.standby.untilMs : undefined;
  const failbackMs = state.needsFailback ? state.failbackNotBeforeMs : undefined;
  const timers = [
    state.localTakeoverAtMs,
    state.startingAgainAtMs,
    standbyMs,
    failbackMs,
    state.bothOwn?.atMs,
    state.unclaimedAtMs,
    state.unknownAtMs,
    state.probeAtMs,
    state.sayAgainAtMs,
    state.legacyHealAtMs,
    state.request?.untilMs,
    state.request?.again?.atMs,
    state.stopPatienceAtMs,
    state.ipfail.giveUp?.atMs,
    state.ipfail.countAgainAtMs,
    state.jobs[0]?.retryAtMs,
    ...state.failedStarts.values(),
    ...state.ipRequests.values(),
  ];
  // A time that has passed waits for something else than the clock.
  return Math.min(Infinity, ...timers.filter((timer) => timer !== undefined && timer > nowMs).map(Number));
}
