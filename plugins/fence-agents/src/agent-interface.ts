// How an agent wants to be told which machine is meant, and what it can do: read from its description.
import type { FenceAction } from "@systole/sdk";
import type { FenceAgentDescription } from "./metadata.js";

/** Names of the parameter that says which plug is meant, the newest first. */
const PLUG_NAMES = ["plug", "port"];
const NODE_NAME = "nodename";

/** `plug` or `port`; undefined when the agent has no plugs. */
export function plugParameter({ parameters }: FenceAgentDescription): string | undefined {
  return PLUG_NAMES.find((name) => parameters.some((parameter) => parameter.name === name));
}

/** An agent without plugs may want the node's name. Of one with plugs `nodename` is something else. */
export function wantsNodeName(description: FenceAgentDescription): boolean {
  const { parameters } = description;
  return plugParameter(description) === undefined && parameters.some(({ name }) => name === NODE_NAME);
}

/** Parameters that Systole says itself. */
export function ownParameters(description: FenceAgentDescription): readonly string[] {
  return ["action", "option", ...PLUG_NAMES, ...(wantsNodeName(description) ? [NODE_NAME] : [])];
}

export function canList({ actions }: FenceAgentDescription): boolean {
  return actions.includes("list");
}

/** What the agent has to do, in order, for an action of ours; undefined when it cannot. */
export function agentActions(
  { actions }: FenceAgentDescription,
  action: FenceAction,
): readonly string[] | undefined {
  const ways = action === "reset" ? [["reboot"], ["off", "on"]] : [[action]];
  return ways.find((way) => way.every((step) => actions.includes(step)));
}
