// Who is there. A membership protocol is a pure machine: it is stepped with plain data and answers with plain data.
import type { Message } from "./message.js";
import { token, type Token } from "./token.js";

/** `init`: not heard since start. `up`: its daemon runs. `active`: it takes part. `ping`: a ping node that answers. */
export type NodeState = "init" | "up" | "active" | "dead" | "ping";
export type NodeKind = "normal" | "ping";
export type LinkState = "up" | "dead";

export interface LinkView {
  /** The medium, e.g. `eth0`; for a ping node its own name. */
  readonly name: string;
  readonly state: LinkState;
}

export interface NodeView {
  readonly name: string;
  readonly kind: NodeKind;
  readonly state: NodeState;
  /** Why it is in that state, as a word: `started`, `silent`, `stopped`, `partition-healed` … */
  readonly reason: string;
  /** Restart counter of the node's daemon; 0 while unknown. */
  readonly generation: number;
  /** What its daemon speaks: decided by its `status` messages. */
  readonly dialect: "unknown" | "heartbeat" | "systole";
  readonly links: readonly LinkView[];
  /** Monotonic ms of the last sign of life, undefined when never heard. */
  readonly heardAtMs: number | undefined;
  /** 16 bytes; absent while unknown, and for ping nodes. */
  readonly uuid?: Uint8Array;
  /** As `setweight` and `setsite` say; absent: 100, and no site. For clients that ask. */
  readonly weight?: number;
  readonly site?: string;
}

/** An operator changes which nodes there are, or what is said of one. */
export type NodeRequest =
  | { readonly kind: "add"; readonly nodes: readonly string[] }
  /** Only dead nodes, and only while all others live. */
  | { readonly kind: "delete"; readonly nodes: readonly string[] }
  | { readonly kind: "weight"; readonly node: string; readonly weight: number }
  | { readonly kind: "site"; readonly node: string; readonly site: string };

export interface MembershipTimings {
  readonly keepaliveMs: number;
  readonly warnMs: number;
  readonly deadMs: number;
  readonly initialDeadMs: number;
  readonly pingDeadMs: number;
  readonly maxRetransmitDelayMs: number;
}

export interface MembershipInit {
  readonly self: string;
  /** Every normal node, in the order of the configuration, self included. */
  readonly nodes: readonly string[];
  readonly pingNodes: readonly { readonly name: string; readonly group: boolean }[];
  /** Names of media, in the order of the configuration; repeated names are one link. Ping media are not listed. */
  readonly media: readonly string[];
  /**
   * Whether every medium can carry a message; pure. One that does not fit is refused before it has a number: otherwise
   * peers would ask for it for ever. Absent: everything fits.
   */
  readonly fits?: (message: Message) => boolean;
  readonly timings: MembershipTimings;
  /** Added to the number of nodes in the `ttl` field. */
  readonly hopFudge: number;
  /** Greater than at every earlier start of this node. */
  readonly generation: number;
  /** 16 bytes. */
  readonly uuid: Uint8Array;
  /** Seed for the protocol's jitter. */
  readonly seed: number;
  /** What this node's `status` says beyond the protocol's own fields, at the start. */
  readonly published: Readonly<Record<string, string>>;
  /** Who may join without being configured: nobody unless given. */
  readonly autoJoin?: "none" | "other" | "any";
  /** What an earlier life of this node persisted about the nodes, if it could be read. */
  readonly restored?: unknown;
}

export type MembershipInput =
  | { readonly kind: "tick" }
  /** An authenticated message, with the medium that carried it. `wallMs` fills the `ts` field of what is sent. */
  | { readonly kind: "message.received"; readonly link: string; readonly message: Message }
  /**
   * A medium has reason to think that `node` has gone from it; nobody has proven it, and anybody may have said it
   * (`FrameReceiver.hinted`). It must not bring the node's death nearer; a protocol may make nothing of it.
   */
  | { readonly kind: "link.hinted"; readonly link: string; readonly node: string }
  /** The resource policy wants to say something. */
  | { readonly kind: "message.send"; readonly message: Message; readonly to?: string }
  /** Replaces what `status` carries beyond the protocol's fields, and sends one at once. */
  | { readonly kind: "publish"; readonly fields: Readonly<Record<string, string>> }
  /** Answered by `nodes.edited` with the same id. */
  | { readonly kind: "nodes.edit"; readonly id: number; readonly request: NodeRequest }
  /** The last resource is given up: fall silent, after a goodbye where the protocol has one. */
  | { readonly kind: "leave" };

export type MembershipOutput =
  /** `links` absent: every medium but ping media. */
  | { readonly kind: "message.send"; readonly message: Message; readonly links?: readonly string[] }
  /** Not for membership itself: for the resource policy. In no particular order, each at most once. */
  | { readonly kind: "message.delivered"; readonly from: string; readonly message: Message }
  /** Every `status` of a peer, also an unchanged one: its fields beyond the protocol's own. */
  | { readonly kind: "status.heard"; readonly from: string; readonly message: Message }
  | {
      readonly kind: "node.changed";
      readonly node: string;
      readonly from: NodeState;
      readonly to: NodeState;
      readonly reason: string;
    }
  | { readonly kind: "link.changed"; readonly node: string; readonly link: string; readonly to: LinkState }
  | { readonly kind: "nodes.edited"; readonly id: number; readonly ok: boolean; readonly reason: string }
  /** What is known about the nodes changed: to be handed back as `restored` in the next life. */
  | { readonly kind: "nodes.persist"; readonly state: unknown }
  /** The others have deleted this node while it was away: it has to stop. */
  | { readonly kind: "expelled"; readonly by: string }
  /** For logs: dotted name and fields. */
  | { readonly kind: "event"; readonly event: EngineEvent };

/** A happening as data; the runtime logs, counts and forwards it. */
export interface EngineEvent {
  readonly name: string;
  readonly level: "debug" | "info" | "warn" | "error";
  readonly fields: Readonly<Record<string, unknown>>;
}

/** One running membership. All times are monotonic ms of one clock; `wallMs` is for message fields only. */
export interface MembershipMachine {
  step(input: MembershipInput, nowMs: number, wallMs: number): readonly MembershipOutput[];
  /** When `tick` is next useful. */
  deadline(): number;
  /** Self first, then the configuration's order, ping nodes last. */
  view(): readonly NodeView[];
  /** What is wrong among the nodes now and needs a person: sentences. */
  problems?(): readonly string[];
  /** Versioned JSON. */
  snapshot(): unknown;
  /**
   * Goes on where the machine was whose `snapshot` this is, as if it had been this one all the time; called before the first
   * step, with an init like that machine's. Throws when it cannot. Absent: it runs only where it stays in memory.
   */
  resume?(snapshot: unknown): void;
}

/** Makes membership machines. Pure: no I/O, timers, clock or randomness of its own. */
export interface Membership {
  create(init: MembershipInit): MembershipMachine;
}

export const Membership: Token<Membership> = token<Membership>("membership", 1);
