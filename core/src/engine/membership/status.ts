// Reads a peer's `status`: its state, its dialect, the dead time it asks for, and whether it came late.
import {
  textField,
  type EngineEvent,
  type MembershipTimings,
  type Message,
  type NodeView,
} from "../../ports/index.js";
import type { NodeRecord } from "./node-record.js";
import { numberField } from "./wire-values.js";

export interface StatusVerdict {
  /** Undefined: the status says nothing that this node understands. */
  readonly state: "up" | "active" | undefined;
  readonly dialect: NodeView["dialect"];
  readonly deadMs: number | undefined;
  readonly events: readonly EngineEvent[];
}

/** The field by which Systole nodes know each other; its value belongs to the resource policy. */
const DIALECT_FIELD = "systole";

export function judgeStatus(
  node: NodeRecord,
  message: Message,
  nowMs: number,
  timings: MembershipTimings,
): StatusVerdict {
  const events: EngineEvent[] = [];
  const silentMs = node.heardAtMs === undefined ? 0 : nowMs - node.heardAtMs;
  if (node.isLive() && silentMs > timings.warnMs) {
    const fields = { node: node.name, silentMs: Math.round(silentMs), warnMs: timings.warnMs };
    events.push({ name: "node.late", level: "warn", fields });
  }
  const text = textField(message, "st");
  const state = text === "active" ? "active" : text === "up" || text === "init" ? "up" : undefined;
  if (state === undefined) {
    events.push({ name: "status.unknown", level: "warn", fields: { node: node.name, status: text } });
  }
  const dialect = textField(message, DIALECT_FIELD) === undefined ? "heartbeat" : "systole";
  const advertisedMs = numberField(message, "dt", 16);
  const deadMs = advertisedMs !== undefined && advertisedMs > 0 ? advertisedMs : undefined;
  return { state, dialect, deadMs, events };
}
