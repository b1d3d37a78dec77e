import type { Startable } from "./lifecycle.js";
import { token, type Token } from "./token.js";

/**
 * What a frame is to whoever carries it. `pulse`: a sign of life, repeated before long; one that cannot be sent at once is
 * worthless. `word`: anything else; the protocol asks for it again when it is lost, which takes time.
 */
export type FrameKind = "pulse" | "word";

/** Receives what a medium heard. Frames are untrusted bytes; the receiver copies what it keeps. */
export interface FrameReceiver {
  /** `from` is the sender's address as text, for logs only. */
  frame(bytes: Uint8Array, from: string): void;
  /** Something went wrong that is not one send: the medium stays up if it can. */
  failed(error: Error): void;
  /**
   * The medium has reason to think that `node` has gone from it, e.g. a broker's will. Nobody has proven it, and anybody may
   * have said it: the link of that node counts as dead until it is heard again, and nothing more follows.
   */
  hinted?(node: string): void;
  /** Something that is no frame to be believed was dropped; counted by its reason, e.g. `retained`. */
  refused?(reason: string, from: string): void;
}

/**
 * A medium: carries whole frames to every peer it reaches, unreliably, unordered, and maybe twice. Frames are neither
 * split nor signed here. `attach` is called once, before `start`; nothing is delivered before `start` was called, nor
 * after `stop` was called. A transport may hear its own frames; the engine tells them apart.
 */
export interface Transport extends Startable {
  /** Name of the link in status and logs, e.g. `eth0`. */
  readonly medium: string;
  /**
   * What a medium can do. `probe` names a pseudo node when the medium only echoes (a ping node): it is sent frames
   * addressed to that node and delivers the echo, and carries nothing else. `form` asks for frames of that form, where the
   * medium tells by it where a frame ends; messages that do not have it are not sent there. Absent: netstring.
   */
  readonly supports: { readonly maxFrameBytes: number; readonly probe?: string; readonly form?: "string" };
  attach(receiver: FrameReceiver): void;
  /**
   * Resolves when the kernel took the frame, or the medium's own other end did. Rejects with `TRANSPORT_SEND_FAILED` or
   * `FRAME_TOO_LARGE`. `kind` absent: a word. A medium that treats both alike ignores it.
   */
  send(frame: Uint8Array, kind?: FrameKind): Promise<void>;
}

export const Transport: Token<Transport> = token<Transport>("transport", 1);
