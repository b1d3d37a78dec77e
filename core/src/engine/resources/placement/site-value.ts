// What constraints compare of two nodes: the nodes themselves, their site, or another attribute of them.
import type { Situation } from "./situation.js";

/** Undefined: it has none, and is like no other node. */
export function siteValue(node: string, by: string | undefined, situation: Situation): string | undefined {
  if (by === undefined) return node;
  const rules = situation.nodes.find(({ name }) => name === node);
  if (by === "site" && rules?.site !== undefined) return rules.site;
  const told = situation.state.nodes.find(({ name }) => name === node)?.attributes;
  return told?.[by] ?? rules?.attributes[by];
}
