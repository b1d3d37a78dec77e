// What one heartbeat process remembers, as plain data that the files beside this one work on. It lives from one start
// to the next: a restart makes a new one.
import type { EngineEffect } from "@systole/core/engine";
import type { EngineEvent, NodeState } from "@systole/core/ports";
import type { HeartbeatInit } from "./heartbeat-init.js";
import type { History } from "./history.js";
import type { Hold } from "./hold.js";
import type { Jobs } from "./jobs.js";
import type { Sequence } from "./sequence.js";

export interface Peer {
  readonly name: string;
  status: NodeState;
  reason: string;
  uuid: Uint8Array | undefined;
  generation: number;
  /** Something was heard since the start or since its last death. */
  heard: boolean;
  /** Its last `status`: when, and its number. */
  statusAtMs: number | undefined;
  statusSeq: number;
  /** As it says itself. */
  deadAfterMs: number;
  /** It said that it has let go of everything. */
  released: boolean;
  readonly sequence: Sequence;
  /** What it has acknowledged of this node's messages. */
  acked: number;
  readonly links: Map<string, number>;
  /** When it is fenced again after a failure; undefined: it is not to be fenced. */
  fenceAtMs: number | undefined;
}

/** `received`: some `resource` was heard, and ten seconds run. */
export type ResourceState = "init" | "starting" | "both-starting" | "received" | "stable" | "shutdown";

/** A standby: who gives up. `asked` until the other agrees, `working` until all is done. */
export interface Standby {
  readonly role: "giver" | "taker";
  stage: "asked" | "agreed" | "working";
  /** As this node counts. */
  readonly set: Hold;
  /** As the message says it: as the giver counts. */
  readonly word: string;
  untilMs: number;
}

export interface Resources {
  state: ResourceState;
  hold: Hold;
  otherHold: Hold;
  otherStable: boolean;
  takingOver: boolean;
  needsFailback: boolean;
  failbackAtMs: number | undefined;
  localTakeoverAtMs: number | undefined;
  standby: Standby | undefined;
  /** The set of the last standby, as its message said it. */
  lastWord: string;
  /** Groups that could not be started: when they are offered to the other. */
  offers: { readonly atMs: number; readonly set: "local" | "foreign" }[];
}

/** `wanted`: it waits for a calm moment. `releasing`: groups are given up. Then two phases of closing, and sleep before a restart. */
export interface Leaving {
  readonly restart: boolean;
  stage: "wanted" | "releasing" | "clients" | "closing" | "asleep";
  /** Of the next stage. */
  atMs: number;
  readonly sinceMs: number;
}

export interface Daemon {
  readonly init: HeartbeatInit;
  /** auto_failback on or off: the resource layer with `resource` messages. */
  readonly nice: boolean;
  readonly generation: number;
  readonly startedMs: number;
  readonly random: () => number;
  readonly own: Peer;
  /** The others, in the order of the configuration. */
  readonly others: readonly Peer[];
  readonly history: History;
  readonly jobs: Jobs;
  readonly resources: Resources;
  seq: number;
  extraDeadMs: number;
  commUp: boolean;
  askNodesAtMs: number | undefined;
  statusAtMs: number;
  pollAtMs: number;
  leaving: Leaving | undefined;
  healedAtMs: number | undefined;
  /** A group could not be stopped: a real one reboots its machine. */
  broken: boolean;
  nowMs: number;
  wallMs: number;
  effects: EngineEffect[];
  /** Says something to the cluster, after this node has heard it itself. */
  say(values: Readonly<Record<string, string>>): void;
}

export function tell(
  daemon: Daemon,
  name: string,
  level: EngineEvent["level"],
  fields: Readonly<Record<string, unknown>> = {},
): void {
  daemon.effects.push({ kind: "event", event: { name: `heartbeat.${name}`, level, fields } });
}

/** The resource layer is over: nothing is taken any more. */
export function isLeaving(daemon: Daemon): boolean {
  return daemon.leaving !== undefined && daemon.leaving.stage !== "wanted";
}

/** Nothing moves on either side, as far as this one knows. */
export function isCalm(daemon: Daemon): boolean {
  const { state, otherStable, takingOver, standby } = daemon.resources;
  if (!daemon.jobs.idle) return false;
  if (!daemon.nice) return true;
  const settled = state === "stable" || state === "shutdown" || state === "init";
  return settled && otherStable && !takingOver && standby === undefined;
}
