// Sealed frames: encrypted, and provably of the node that says them. Where an authenticator signs text that everybody can
// read, with a key that all nodes share, a sealer turns a whole message into bytes that only the nodes meant can open.
import { token, type Token } from "./token.js";

/**
 * What a node sends and what it believes while a cluster moves from signed to sealed frames. `off` knows signed frames
 * only, `receive-only` sends signed ones and believes both, `permissive` sends sealed ones and believes both, `enforce`
 * knows sealed ones only.
 */
export type SealMode = "off" | "receive-only" | "permissive" | "enforce";

/** Why a sealed frame was refused. Data, not an exception: the outside world may send anything. */
export type SealRefusal =
  | "malformed"
  /** No node of this cluster has the key that sealed it. */
  | "unknown-key"
  | "revoked-key"
  /** Sealed by a peer, but not for this node: the peer does not know this node's key. */
  | "not-for-us"
  | "mismatch"
  /** Seen before, or too old to know. */
  | "replayed"
  /** Of an earlier start of the sender, or not proven to be of its present one and more than can be kept. */
  | "stale-epoch";

/** A message that was opened: authentic, fresh, and sealed by `node`. */
export interface OpenedMessage {
  /** The node whose key sealed it, lower-case; this node itself for what it sealed to `self`. */
  readonly node: string;
  readonly link: string;
  readonly bytes: Uint8Array;
}

/**
 * `messages` may be empty (a greeting, or one's own words heard back), and may hold earlier ones that had to wait until
 * their sender had proven that it is alive now.
 */
export type Opening =
  | { readonly ok: true; readonly messages: readonly OpenedMessage[] }
  | { readonly ok: false; readonly reason: SealRefusal };

/** Where a change of this node's own key has got to. */
export type KeyStep = "steady" | "add" | "activate";

/** What is known of the keys in use, for people. Keys are named by the first 8 bytes of their SHA-256, in hex. */
export interface KeyReport {
  readonly mode: SealMode;
  readonly own: {
    readonly node: string;
    /** The one that seals first. */
    readonly keys: readonly string[];
    readonly step: KeyStep;
    /** Nodes that the step waits for. */
    readonly waitsFor: readonly string[];
  };
  readonly peers: readonly {
    readonly node: string;
    readonly keys: readonly string[];
    /** What was last heard of it, in the last seconds. */
    readonly sends: "sealed" | "signed" | "nothing";
    /** As it says itself; absent when it has said nothing sealed. */
    readonly mode?: SealMode;
    /** Nodes whose keys are revoked here and still trusted there. */
    readonly trusts: readonly string[];
  }[];
  readonly revoked: readonly { readonly node: string; readonly key: string }[];
}

/** What an operator can ask of the keys. */
export type KeyRequest =
  /** Makes this node a new key, and lets it take the old one's place on all nodes. */
  | { readonly kind: "rotate" }
  /** Reads the keys again, and goes over to `mode` if every peer that is there can follow. */
  | { readonly kind: "reload"; readonly mode: SealMode };

/** Where a sealer sends what it has to say for itself: over every medium that reaches peers. */
export interface SealerOutlet {
  send(frame: Uint8Array): void;
}

/**
 * Seals and opens frames. Every sealed frame begins with `SEALED_MAGIC`. `seal` and `open` never throw, whatever the bytes
 * are; nothing of a frame is interpreted before it is known to be authentic, and a frame is opened at most once.
 * Keys never leave the object.
 */
export interface Sealer {
  readonly mode: SealMode;
  /** How many bytes longer than its message a frame is at most, at this moment. */
  readonly overheadBytes: number;
  /** Called once, before `start`. */
  attach(outlet: SealerOutlet): void;
  /** `peers`: for every peer whose key is known. `self`: for this node alone, as a ping node echoes it. A frame each call. */
  seal(message: Uint8Array, to: "peers" | "self"): Uint8Array;
  /** `link` comes back with the message. */
  open(frame: Uint8Array, link: string): Opening;
  /** A signed frame of `node` was believed. */
  heardSigned(node: string): void;
  keys(): KeyReport;
  /** Resolves when it is done, begun or refused, with a sentence. Never rejects. */
  change(request: KeyRequest): Promise<{ readonly ok: boolean; readonly reason: string }>;
}

/** What sealed frames begin with; no frame of heartbeat's begins so. */
export const SEALED_MAGIC: readonly number[] = [0x53, 0x45, 0x41, 0x31];

/** Whether bytes claim to be a sealed frame. */
export function claimsSealed(bytes: Uint8Array): boolean {
  return SEALED_MAGIC.every((byte, index) => bytes[index] === byte);
}

export const Sealer: Token<Sealer> = token<Sealer>("sealer", 1);
