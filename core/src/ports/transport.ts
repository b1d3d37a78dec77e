import type { Startable } from "./lifecycle.js";
import { token, type Token } from "./token.js";

/** Receives what a medium heard. Frames are untrusted bytes; the receiver copies what it keeps. */
export interface FrameReceiver {
  /** `from` is the sender's address as text, for logs only. */
  frame(bytes: Uint8Array, from: string): void;
  /** Something went wrong that is not one send: the medium stays up if it can. */
  failed(error: Error): void;
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
  /** Resolves when the kernel took the frame. Rejects with `TRANSPORT_SEND_FAILED` or `FRAME_TOO_LARGE`. */
  send(frame: Uint8Array): Promise<void>;
}

export const Transport: Token<Transport> = token<Transport>("transport", 1);
