// Power switches and what stands in for them: the last word on whether a node still does anything.
import { token, type Token } from "./token.js";

export type FenceAction = "off" | "on" | "reset";

export type FenceResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly kind: "timeout" | "unknown-node" | "error"; readonly reason: string };

/**
 * Makes sure that a node does nothing any more. Success of `off` and `reset` is a promise that the node has stopped;
 * a time-out is a failure. Secrets come from files or the environment, never from a command line.
 */
export interface FenceDevice {
  /** It ends the node that it runs on, from within, and no other: a node that has lost control of a resource uses it at once. */
  readonly endsOwnNode?: boolean;
  execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult>;
  /** Power state of a node as the device sees it. */
  status(node: string, signal: AbortSignal): Promise<"on" | "off" | "unknown">;
  /** Nodes that this device can fence. */
  list(signal: AbortSignal): Promise<readonly string[]>;
}

export const FenceDevice: Token<FenceDevice> = token<FenceDevice>("fence-device", 1);
