// Agents whose resource is of no use until one copy of it is promoted cannot be run yet, and this says which they are.
import type { AgentDescription } from "@systole/sdk";
import type { OcfAgentFile } from "./locate-agent.js";

/** They can promote, and are whole services where nobody asks them to: Pacemaker runs them as plain resources too. */
const WHOLE_WITHOUT_PROMOTION: ReadonlySet<string> = new Set([
  "heartbeat:SAPInstance",
  "heartbeat:db2",
  "heartbeat:mysql",
  "heartbeat:pgsql",
]);

/** Why the agent is refused; undefined when it can be run. */
export function promotionRefusal(
  { provider, type }: Pick<OcfAgentFile, "provider" | "type">,
  { actions }: Pick<AgentDescription, "actions">,
): string | undefined {
  if (!actions.some(({ name }) => name === "promote")) return undefined;
  if (WHOLE_WITHOUT_PROMOTION.has(`${provider}:${type}`)) return undefined;
  return `ocf:${provider}:${type} is of use only when one of its copies is promoted, and Systole does not promote: it would start and serve nobody`;
}
