// Parameters of a resource held against what its agent says it takes.
import type { AgentDescription, ResourceSpec } from "@systole/sdk";

/** Variables of the cluster manager that may be set for a resource without being the agent's own. */
const ALWAYS_KNOWN = /^(OCF_CHECK_LEVEL|CRM_meta_.+|trace_ra|trace_file|ignore_deprecation)$/;

/** Sentences; empty when the agent can take all of them and lacks none. */
export function parameterProblems(
  { parameters }: Pick<ResourceSpec, "parameters">,
  { parameters: known }: Pick<AgentDescription, "parameters">,
): readonly string[] {
  const names = known.map(({ name }) => name);
  const unknown = Object.keys(parameters)
    .filter((name) => !names.includes(name) && !ALWAYS_KNOWN.test(name))
    .map((name) => `the agent has no parameter ${name}; it has ${names.join(", ") || "none"}`);
  const missing = known
    .filter(
      ({ name, required, default: fallback }) => required && fallback === undefined && !parameters[name],
    )
    .map(({ name, title }) => `the parameter ${name} is required${title === "" ? "" : ` (${title})`}`);
  return [...unknown, ...missing];
}
