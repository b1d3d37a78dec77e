// What membership says of nodes and links, as events for people.
import type { EngineEvent, MembershipOutput, NodeView } from "../ports/index.js";

type NodeChanged = Extract<MembershipOutput, { kind: "node.changed" }>;
type LinkChanged = Extract<MembershipOutput, { kind: "link.changed" }>;

/** `nodes` is the view of that moment: a node that is called dead has been heard last when it says. */
export function nodeEvent(
  { node, from, to, reason }: NodeChanged,
  nodes: readonly NodeView[],
  nowMs: number,
): EngineEvent {
  const level = to === "dead" && reason !== "stopped" ? "warn" : "info";
  const heardAtMs = reason === "silent" ? nodes.find(({ name }) => name === node)?.heardAtMs : undefined;
  const silence = heardAtMs === undefined ? {} : { silentMs: Math.round(nowMs - heardAtMs) };
  return { name: "node.changed", level, fields: { node, from, to, reason, ...silence } };
}

export function linkEvent({ node, link, to }: LinkChanged): EngineEvent {
  const level = to === "dead" ? "warn" : "info";
  return { name: "link.changed", level, fields: { node, link, to } };
}
