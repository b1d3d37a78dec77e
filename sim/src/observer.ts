// Who looks on: told of everything that happens, and changing nothing.
import type { Opened } from "@systole/core";
import type { EngineEffect, EngineInput } from "@systole/core/engine";
import type { ResourceAction } from "@systole/core/ports";
import type { Frame } from "./frame.js";
import type { SimNode } from "./node.js";

export interface Observer {
  /** An engine was stepped, and its effects were performed. */
  stepped?(node: SimNode, input: EngineInput, effects: readonly EngineEffect[]): void;
  /** An agent is about to do something. */
  ordered?(node: SimNode, resource: string, action: ResourceAction): void;
  /** An agent has ended. */
  done?(node: SimNode, resource: string, action: ResourceAction, ok: boolean): void;
  /** A frame leaves a node, on one medium. */
  sent?(node: SimNode, bytes: Uint8Array): void;
  /** A node has looked at a frame, and is about to believe what could be opened. */
  opened?(node: SimNode, frame: Frame, opened: readonly Opened[]): void;
  /** It has believed it. */
  believed?(node: SimNode, frame: Frame): void;
  /** A daemon begins a life, or its life or its machine ends. */
  lived?(node: SimNode, what: "begins" | "killed" | "left" | "power-off"): void;
  /** Everything that was to happen at this moment has happened. */
  moment?(nowMs: number): void;
}
