// What has happened in a simulation, and who is told of it.
import type { EngineEvent, ResourceAction } from "@systole/core/ports";
import { SIM_LIMITS } from "./limits.js";
import type { SimNode } from "./node.js";
import type { Observer } from "./observer.js";

/** An event of a node, and when. */
export interface Observed {
  readonly atMs: number;
  readonly node: string;
  readonly event: EngineEvent;
}

export class Chronicle {
  nowMs = 0;
  readonly events: Observed[] = [];
  readonly operations: string[] = [];
  readonly answers = new Map<number, { ok: boolean; reason: string }>();
  readonly left = new Map<string, boolean>();
  readonly observers: Observer[] = [];

  tell(node: SimNode, event: EngineEvent): void {
    if (this.events.length < SIM_LIMITS.remembered)
      this.events.push({ atMs: this.nowMs, node: node.name, event });
  }

  note(node: SimNode, resource: string, action: ResourceAction): void {
    if (this.operations.length < SIM_LIMITS.remembered)
      this.operations.push(`${node.name} ${action} ${resource}`);
    for (const observer of this.observers) observer.ordered?.(node, resource, action);
  }

  finished(node: SimNode, resource: string, action: ResourceAction, ok: boolean): void {
    for (const observer of this.observers) observer.done?.(node, resource, action, ok);
  }

  protected lived(node: SimNode, what: Parameters<NonNullable<Observer["lived"]>>[1]): void {
    for (const observer of this.observers) observer.lived?.(node, what);
  }
}
