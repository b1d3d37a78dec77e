// What can be configured of fence agents, and what the agents themselves say to it.
import * as v from "valibot";
import { canList } from "./agent-interface.js";
import { describeAgents, type Described } from "./describe-agent.js";
import type { FenceAgentDescription } from "./metadata.js";
import { parameterProblems, plugProblems } from "./parameter-problems.js";
import { UNSUITED } from "./unsuited.js";

const absolutePath = v.pipe(v.string(), v.startsWith("/", "must be an absolute path"));
const name = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, "must be a name of letters, digits, _ . and -"),
);
const parameterName = v.pipe(v.string(), v.regex(/^[A-Za-z][A-Za-z0-9_-]*$/, "must be a parameter's name"));
const text = v.union([
  v.pipe(v.string(), v.regex(/^[^\r\n\0]*$/, "must be one line")),
  v.pipe(v.union([v.number(), v.boolean()]), v.transform(String)),
]);
const value = v.union(
  [text, v.strictObject({ file: absolutePath }), v.strictObject({ env: v.string() })],
  "must be a text, { file: /absolute/path } or { env: NAME }",
);
const parameters = v.record(parameterName, value);

const Device = v.strictObject({
  /** As the program is called: `fence_ipmilan`. */
  agent: v.pipe(v.string(), v.regex(/^fence_[a-z0-9_]+$/, "must be an agent, such as fence_ipmilan")),
  parameters: v.optional(parameters, {}),
  /** Node → its plug; or → parameters of its own, for nodes with a device each. Absent: the agent is asked. */
  hosts: v.optional(v.record(v.string(), v.union([text, parameters]))),
});

const Shape = v.strictObject({
  /** By the name under which `fence` in systole.yaml knows it. */
  devices: v.record(name, Device),
  /** Where the agents are. */
  directory: v.optional(absolutePath, "/usr/sbin"),
});

export type AgentsConfig = v.InferOutput<typeof Shape>;
export type DeviceConfig = v.InferOutput<typeof Device>;

/** The shape, and then what the agents themselves say of their parameters: they are run to describe themselves. */
export const AgentsConfig = v.pipeAsync(
  Shape,
  v.rawTransformAsync(async ({ dataset: { value: config }, addIssue, NEVER }) => {
    const agents = new Set(Object.values(config.devices).map(({ agent }) => agent));
    const described = await describeAgents(config.directory, [...agents]);
    const descriptions = new Map<string, FenceAgentDescription>();
    let sound = true;
    for (const [device, settings] of Object.entries(config.devices)) {
      const lookup = described.get(settings.agent);
      if (lookup?.ok === true) descriptions.set(settings.agent, lookup.description);
      for (const problem of problemsOf(settings, lookup)) {
        sound = false;
        addIssue({ message: `devices.${device}: ${problem}` });
      }
    }
    return sound ? { ...config, descriptions } : NEVER;
  }),
);

/** The configuration, with what each agent has said of itself, by the agent's name. */
export type CheckedConfig = v.InferOutput<typeof AgentsConfig>;

function problemsOf({ agent, parameters: given, hosts }: DeviceConfig, lookup: Described | undefined) {
  const unsuited = UNSUITED[agent];
  if (unsuited !== undefined) return [`${agent} cannot be used: ${unsuited}`];
  if (lookup?.ok !== true) return [lookup?.reason ?? `${agent} was not asked`];
  const { description } = lookup;
  const names = Object.keys(given);
  if (hosts === undefined) {
    const unlisted = canList(description) ? [] : [`${agent} cannot list its plugs: write \`hosts\``];
    return [...unlisted, ...parameterProblems(agent, description, names)];
  }
  const found = Object.entries(hosts).flatMap(([node, own]) => {
    const all = typeof own === "string" ? names : [...names, ...Object.keys(own)];
    return [
      ...parameterProblems(agent, description, all),
      ...plugProblems(agent, description, node, typeof own === "string"),
    ];
  });
  return [...new Set(found)];
}
