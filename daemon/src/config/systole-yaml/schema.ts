// What may stand in systole.yaml. This schema is the source of the parser's checks and of daemon/systole.schema.json.
import { z } from "zod";
import { Addresses } from "./addresses.js";
import { Fencing } from "./fencing-schema.js";
import { Resource, rules } from "./resource-schema.js";
import { securitySchema } from "./security-schema.js";
import { LIST, mapping, MAPPING, NAME, names } from "./shapes.js";
import { Authentication } from "./whole/authentication-schema.js";
import { clusterKeys } from "./whole/cluster-schema.js";
import { Heartbeat } from "./whole/heartbeat-schema.js";
import { Media } from "./whole/media-schema.js";
import { Failback, placementKeys } from "./whole/placement-schema.js";

export const SYSTOLE_YAML_LIMITS = {
  plugins: 64,
  transports: 64,
  notifiers: 16,
  fenceDevices: 32,
  quorums: 8,
} as const;

const ISOLATION = ["hold", "release", "fence"] as const;
const PluginEntry = mapping({
  use: z
    .string("write the package's name, such as `@acme/systole-agent-queue`, or a path such as `./queue`")
    .min(1, "write the package's name or a path")
    .describe(
      "The plugin's package by name, or its directory as a path that begins with `./`, `../` or `/`; relative paths start at this file.",
    ),
  with: z.unknown().optional().describe("The plugin's own configuration, judged by the plugin's own schema."),
});

export const SystoleYaml = mapping({
  ...clusterKeys,
  media: Media.optional().describe(
    "How the nodes hear each other, an entry a medium: `[{ unicast: { interface: eth0 } }]`. Two that share no cable are better than one.",
  ),
  authentication: Authentication.optional().describe(
    "What messages are signed with: `{ method: sha1, key: { file: cluster.key } }`. Sealed frames (`security`) are better.",
  ),
  plugins: z
    .array(PluginEntry, LIST)
    .max(SYSTOLE_YAML_LIMITS.plugins, `at most ${SYSTOLE_YAML_LIMITS.plugins} plugins can be named`)
    .optional()
    .describe(
      "Further plugins, in the order in which they register. They are loaded because they are named here.",
    ),
  transports: names(SYSTOLE_YAML_LIMITS.transports)
    .optional()
    .describe("Names of transports of plugins to be used besides the media, e.g. `[carrier:lab]`."),
  authenticator: z
    .string(NAME)
    .min(1, NAME)
    .optional()
    .describe(
      "Name of an authenticator of a plugin to be used instead of the keys that authkeys or `authentication` describe, e.g. `hmac`.",
    ),
  membership: z
    .string(NAME)
    .min(1, NAME)
    .optional()
    .describe(
      "Name of the membership protocol to be used instead of heartbeat's, e.g. `swim`; the same on all nodes.",
    ),
  policy: z
    .string(NAME)
    .min(1, NAME)
    .optional()
    .describe(
      "Name of the resource policy to be used instead of haresources, e.g. `placement`; the same on all nodes.",
    ),
  notifiers: names(SYSTOLE_YAML_LIMITS.notifiers)
    .optional()
    .describe("Names of notifiers that are told what happens to the cluster, e.g. `[pager]`."),
  fence: names(SYSTOLE_YAML_LIMITS.fenceDevices)
    .optional()
    .describe(
      "Names of fence devices, e.g. `[ipmi, rack]`; for each node those that list it are tried in this order, until one succeeds.",
    ),
  fencing: Fencing.optional().describe("How the fence devices are used."),
  addresses: Addresses.optional().describe("How addresses are held."),
  security: securitySchema(mapping).optional().describe("Sealed frames, and who may look."),
  quorum: names(SYSTOLE_YAML_LIMITS.quorums)
    .optional()
    .describe(
      "Names of quorums that say which side of a partition may serve, e.g. `[majority]`; each of them must grant. Without them the ping nodes are asked.",
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
    .describe(
      "Name of the store that keeps this node's state, instead of the files in its state directory, e.g. `etcd`.",
    ),
  defaults: mapping({
    ...rules,
    failback: Failback.optional().describe(
      "For every group that does not say otherwise: `auto`, `manual` (default) or `after 5m`; `legacy`, for clusters with a heartbeat that says so.",
    ),
    "no-quorum": z
      .enum(["stop", "freeze", "ignore"], "write stop, freeze or ignore")
      .optional()
      .describe(
        "What a part of the cluster without quorum does, with policy placement: `stop` everything, `freeze` what it runs, or `ignore` it.",
      ),
  })
    .optional()
    .describe("Rules for every group and resource that does not say otherwise."),
  ...placementKeys,
  resources: z
    .record(z.string(), Resource, MAPPING)
    .optional()
    .describe(
      "Agent, parameters and rules of single resources, by the name as written in `groups` or haresources, e.g. `nginx: { monitor: { every: 5s } }`.",
    ),
  heartbeat: Heartbeat.optional().describe(
    "What matters beside nodes and programs of heartbeat only, under its own names.",
  ),
});

/** What the file says, times in milliseconds. */
export type SystoleYaml = z.infer<typeof SystoleYaml>;

/** JSON Schema of the file, for editors. */
export function systoleYamlJsonSchema(): Record<string, unknown> {
  return {
    $id: "urn:systole:schema:systole-yaml:1",
    title: "systole.yaml",
    ...z.toJSONSchema(SystoleYaml, { io: "input" }),
  };
}
