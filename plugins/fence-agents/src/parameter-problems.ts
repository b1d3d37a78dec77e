// Parameters held against what the agent says it takes.
import { didYouMean } from "@systole/sdk";
import { ownParameters, plugParameter } from "./agent-interface.js";
import type { FenceAgentDescription, FenceAgentParameter } from "./metadata.js";

/**
 * Sentences; empty when the agent can take all of them and lacks none. `given` are the names for one machine: those of
 * the device, and its own.
 */
export function parameterProblems(
  agent: string,
  description: FenceAgentDescription,
  given: readonly string[],
): readonly string[] {
  const known = description.parameters.map(({ name }) => name);
  const spoken = ownParameters(description);
  const own = given
    .filter((name) => spoken.includes(name))
    .map((name) => `${name} is said by Systole: remove it, and name the plug of each node under hosts`);
  const unknown = given
    .filter((name) => !known.includes(name) && !spoken.includes(name))
    .map((name) => `${agent} has no parameter ${name}${didYouMean(name, known) || advice(agent)}`);
  return [...own, ...unknown, ...missing(agent, description, given)];
}

function advice(agent: string): string {
  return `; \`${agent} -o metadata\` lists those that it has`;
}

/** Of a parameter and its older names one is enough. */
function missing(agent: string, description: FenceAgentDescription, given: readonly string[]): string[] {
  const { parameters } = description;
  const spoken = ownParameters(description);
  const outdated = new Set(parameters.map(({ obsoletes }) => obsoletes));
  const isGiven = ({ name, obsoletes }: FenceAgentParameter): boolean =>
    given.includes(name) || (obsoletes !== undefined && given.includes(obsoletes));
  return parameters
    .filter((one) => one.required && one.default === undefined && !outdated.has(one.name))
    .filter((one) => !spoken.includes(one.name) && !isGiven(one))
    .map(({ name }) => `${agent} needs the parameter ${name}`);
}

/** What is wrong with a plug that is given or not, for an agent that has plugs or none. */
export function plugProblems(
  agent: string,
  description: FenceAgentDescription,
  node: string,
  hasPlug: boolean,
): readonly string[] {
  const parameter = plugParameter(description);
  if (hasPlug && parameter === undefined)
    return [`hosts.${node}: ${agent} knows no plugs; write the parameters of this node's own device instead`];
  const isRequired = description.parameters.some(({ name, required }) => name === parameter && required);
  if (hasPlug || !isRequired) return [];
  return [`hosts.${node}: ${agent} needs to know the plug; write \`${node}: PLUG\``];
}
