// One node of the simulation: its engine, and what its agents have made of its resources.
import type { Engine } from "@systole/core/engine";
import type { EngineEvent, Message, OperationResult, ResourceAction } from "@systole/core/ports";

export interface SimNode {
  readonly name: string;
  engine: Engine;
  alive: boolean;
  frozen: boolean;
  generation: number;
  persisted: unknown;
  readonly running: Set<string>;
  readonly operations: Map<number, string>;
  inbox: (() => void)[];
}

/** An event of a node, and when. */
export interface Observed {
  readonly atMs: number;
  readonly node: string;
  readonly event: EngineEvent;
}

/** As a heartbeat would have said it. */
export function withoutReport(message: Message): Message {
  return { fields: message.fields.filter((field) => field.name !== "systole") };
}

/** An agent that does what it is told. The segment carries its questions to all hosts, whatever is cut between the daemons. */
export function outcome(
  node: SimNode,
  resource: string,
  action: ResourceAction,
  holders: readonly string[],
): OperationResult {
  if (action === "elsewhere") {
    const other = holders.find((name) => name !== node.name);
    if (other === undefined) return { ok: true, state: "stopped" };
    return { ok: true, state: "running", reason: `${other} answers for ${resource}` };
  }
  if (action === "start") node.running.add(resource);
  if (action === "stop") node.running.delete(resource);
  return { ok: true, state: node.running.has(resource) ? "running" : "stopped" };
}
