// What may stand in systole.yaml. This schema is the source of the parser's checks and of daemon/systole.schema.json.
import { z } from "zod";
import { Addresses } from "./addresses.js";
import { duration } from "./duration.js";
import { Fencing } from "./fencing-schema.js";
import { securitySchema } from "./security-schema.js";
import { LIST, mapping, MAPPING, NAME, names } from "./shapes.js";

export const SYSTOLE_YAML_LIMITS = {
  plugins: 64,
  transports: 64,
  notifiers: 16,
  fenceDevices: 32,
  quorums: 8,
} as const;

const ISOLATION = ["hold", "release", "fence"] as const;
const ON_FAIL = ["restart", "move", "stop", "ignore", "fence"] as const;

const PluginEntry = mapping({
  use: z
    .string("write the package's name, such as `@acme/systole-agent-queue`, or a path such as `./queue`")
    .min(1, "write the package's name or a path")
    .describe(
      "The plugin's package by name, or its directory as a path that begins with `./`, `../` or `/`; relative paths start at this file.",
    ),
  with: z.unknown().optional().describe("The plugin's own configuration, judged by the plugin's own schema."),
});

const Monitor = mapping({
  every: duration({ leastMs: 100, zero: "never" })
    .optional()
    .describe(
      "How long after one look at the resource the next one begins, e.g. `10s`; `0s`: it is not watched.",
    ),
});

const Timeouts = mapping({
  start: duration({ leastMs: 1 }).optional().describe("How long a start may take, e.g. `60s`."),
  stop: duration({ leastMs: 1 }).optional().describe("How long a stop may take, e.g. `60s`."),
  monitor: duration({ leastMs: 1 })
    .optional()
    .describe("How long one look at the resource may take, e.g. `20s`."),
});

const rules = {
  monitor: Monitor.optional().describe("How a running resource is watched."),
  timeouts: Timeouts.optional().describe("How long each operation may take until it counts as timed out."),
  "on-fail": z
    .enum(ON_FAIL, `write one of: ${ON_FAIL.join(", ")}`)
    .optional()
    .describe(
      "What a failure of a running resource leads to: `restart` in place, `move` the group to another node, `stop` the group, `ignore` it, or `fence` this node.",
    ),
  "migration-threshold": z
    .int("write a whole number")
    .min(0, "write 1 or more, or 0 for never")
    .max(1000, "write at most 1000")
    .optional()
    .describe("After so many failures on a node the group moves to another one; 0: never for that reason."),
  "failure-timeout": duration({ leastMs: 1000, zero: "never" })
    .optional()
    .describe(
      "So long after the last failure on a node all are forgotten, e.g. `10m`; `0s`: only an operator forgets them.",
    ),
};

const PARAMETER = "write text, a number, true or false";
const Parameter = z.union([z.string(), z.number(), z.boolean()], PARAMETER).transform(String);

const Resource = mapping({
  agent: z
    .string(NAME)
    .min(1, NAME)
    .optional()
    .describe(
      "Name of the resource agent that looks after it, of a plugin; without it the name in haresources decides.",
    ),
  parameters: z
    .record(z.string(), Parameter, MAPPING)
    .optional()
    .describe("Named parameters for the resource's agent; each reaches it as the text that stands here."),
  ...rules,
});

export const SystoleYaml = mapping({
  plugins: z
    .array(PluginEntry, LIST)
    .max(SYSTOLE_YAML_LIMITS.plugins, `at most ${SYSTOLE_YAML_LIMITS.plugins} plugins can be named`)
    .optional()
    .describe(
      "Further plugins, in the order in which they register. They are loaded because they are named here.",
    ),
  transports: names(SYSTOLE_YAML_LIMITS.transports)
    .optional()
    .describe("Names of transports to be used besides the media of ha.cf."),
  authenticator: z
    .string(NAME)
    .min(1, NAME)
    .optional()
    .describe("Name of the authenticator to be used instead of the one that authkeys describes."),
  membership: z
    .string(NAME)
    .min(1, NAME)
    .optional()
    .describe("Name of the membership protocol to be used instead of heartbeat's; the same on all nodes."),
  policy: z
    .string(NAME)
    .min(1, NAME)
    .optional()
    .describe("Name of the resource policy to be used instead of haresources; the same on all nodes."),
  notifiers: names(SYSTOLE_YAML_LIMITS.notifiers)
    .optional()
    .describe("Names of notifiers that are told what happens to the cluster."),
  fence: names(SYSTOLE_YAML_LIMITS.fenceDevices)
    .optional()
    .describe(
      "Names of fence devices; for each node those that list it are tried in this order, until one succeeds.",
    ),
  fencing: Fencing.optional().describe("How the fence devices are used."),
  addresses: Addresses.optional().describe("How addresses are held."),
  security: securitySchema(mapping).optional().describe("Sealed frames, and who may look."),
  quorum: names(SYSTOLE_YAML_LIMITS.quorums)
    .optional()
    .describe(
      "Names of quorums that say which side of a partition may serve; each of them must grant. Without them the ping nodes of ha.cf are asked.",
    ),
  isolation: z
    .enum(ISOLATION, `write one of: ${ISOLATION.join(", ")}`)
    .optional()
    .describe(
      "What a node does that hears no other node and that no quorum grants to: `hold` what it has and take the rest, as heartbeat does; `release` everything; or `fence` the others before it takes anything. Without it: `release` where there is a quorum or a ping node, else `hold`.",
    ),
  store: z
    .string(NAME)
    .min(1, NAME)
    .optional()
    .describe("Name of the store that keeps this node's state, instead of the files in its state directory."),
  defaults: mapping(rules).optional().describe("Rules for every resource that does not say otherwise."),
  resources: z
    .record(z.string(), Resource, MAPPING)
    .optional()
    .describe("Agent, parameters and rules of single resources, by the name as written in haresources."),
});

/** What the file says, times in milliseconds. */
export type SystoleYaml = z.infer<typeof SystoleYaml>;
export type ResourceRules = Omit<z.infer<typeof Resource>, "parameters" | "agent">;

/** JSON Schema of the file, for editors. */
export function systoleYamlJsonSchema(): Record<string, unknown> {
  return {
    $id: "urn:systole:schema:systole-yaml:1",
    title: "systole.yaml",
    ...z.toJSONSchema(SystoleYaml, { io: "input" }),
  };
}
