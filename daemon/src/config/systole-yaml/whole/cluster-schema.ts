// Who is in the cluster and how long is how long: `cluster`, `preset`, `nodes`, `timings`, `watchdog` and `logging` of systole.yaml.
import { isIP } from "node:net";
import { z } from "zod";
import { FACILITIES } from "../../ha-cf/settings.js";
import { MAX_NODES, NODE_NAME } from "../../ha-cf/members.js";
import { duration } from "../duration.js";
import { LIST, mapping, MAPPING } from "../shapes.js";
import { PRESET_NAMES } from "./presets.js";

const MOST_ADDRESSES = 8;
const MOST_ATTRIBUTES = 32;
const MOST_WEIGHT = 1000;

const ADDRESS = "write an IP address, such as `192.0.2.11`";
const Address = z.string(ADDRESS).refine((text) => isIP(text) !== 0, ADDRESS);
const PATH = "write a full path, which begins with `/`";
const FullPath = z.string(PATH).startsWith("/", PATH);
const WORD = "write text";

const Node = mapping({
  address: Address.optional().describe(
    "Where the other nodes reach it, e.g. `192.0.2.11`: what `unicast` sends to.",
  ),
  addresses: z
    .array(Address, LIST)
    .min(1, "write at least one address")
    .max(MOST_ADDRESSES, `at most ${MOST_ADDRESSES} addresses`)
    .optional()
    .describe(
      "Its addresses in several networks, e.g. `[192.0.2.11, 198.51.100.11]`: the first entry `unicast` under `media` sends to the first one, the second to the second.",
    ),
  weight: z
    .int("write a whole number")
    .min(0, "write 0 for no vote, or more")
    .max(MOST_WEIGHT, `write at most ${MOST_WEIGHT}`)
    .optional()
    .describe("How many votes it has where votes are counted, e.g. `2`."),
  site: z.string(WORD).min(1, WORD).optional().describe("Where it stands, e.g. `north`."),
  attributes: z
    .record(z.string(), z.string(WORD), MAPPING)
    .refine(
      (all) => Object.keys(all).length <= MOST_ATTRIBUTES,
      `at most ${MOST_ATTRIBUTES} attributes of a node`,
    )
    .optional()
    .describe("What rules of placement may ask for, e.g. `{ disk: ssd }`."),
});

const NODES = "write a mapping of names, such as `alpha: { address: 192.0.2.11 }`";

export const Nodes = z
  .record(
    z.string().regex(NODE_NAME, "a node is called what `uname -n` prints there"),
    Node.nullable().transform((node) => node ?? {}),
    NODES,
  )
  .refine((all) => Object.keys(all).length > 0, NODES)
  .refine((all) => Object.keys(all).length <= MAX_NODES, `at most ${MAX_NODES} nodes`);

const time = (text: string) => duration({ leastMs: 1 }).optional().describe(text);

export const Timings = mapping({
  keepalive: time("How often a node says that it is alive, e.g. `500ms`."),
  warntime: time("After so long a silence it is said that a node is late, e.g. `2s`."),
  deadtime: time(
    "After so long a silence a node counts as dead and its groups start elsewhere, e.g. `5s`; more than twice keepalive.",
  ),
  initdead: time(
    "How long a node that has just started waits for the others, e.g. `30s`; at least deadtime. A network may need a while after a boot.",
  ),
  deadping: time("After so long a silence a ping node counts as unreachable, e.g. `5s`."),
  retransmit: duration({ leastMs: 1 })
    .refine((ms) => ms <= 60_000, "write at most `60s`")
    .optional()
    .describe("Longest pause before a message that got lost is asked for again, e.g. `250ms`."),
});

export const Logging = mapping({
  file: FullPath.optional().describe("A file for the log, e.g. `/var/log/systole.log`."),
  "debug-file": FullPath.optional().describe("A file for what is said only for finding errors."),
  facility: z
    .enum(FACILITIES, "write a facility of syslog, such as `local0`")
    .optional()
    .describe("Facility of syslog, e.g. `local0`; without it syslog is not used."),
  level: z
    .int("write a whole number")
    .min(0, "write 0 or more")
    .max(255, "write at most 255")
    .optional()
    .describe("How much is said for finding errors, e.g. `1`; default 0, nothing."),
});

export const clusterKeys = {
  cluster: z
    .string("write a name")
    .min(1, "write a name")
    .max(64, "write at most 64 characters")
    .regex(/^[A-Za-z0-9_.-]+$/, "write letters, digits, dots and dashes")
    .optional()
    .describe("Name of the cluster, the same on all nodes, e.g. `web`; brokers keep clusters apart by it."),
  preset: z
    .enum(PRESET_NAMES, `write one of: ${PRESET_NAMES.join(", ")}`)
    .optional()
    .describe(
      "How fast a node counts as dead, for the kind of network: `lan` (default), `vm`, `cloud`, `wan`, or `heartbeat` for what ha.cf has as its defaults. Single values under `timings` replace its own.",
    ),
  nodes: Nodes.optional().describe(
    "Every node by its name, with what it is: `alpha: { address: 192.0.2.11 }`. With it, and without ha.cf, this file is the whole configuration.",
  ),
  timings: Timings.optional().describe("Times that are not as the preset says."),
  watchdog: FullPath.optional().describe(
    "Device of the kernel that resets the machine when the daemon stands still, e.g. `/dev/watchdog`.",
  ),
  logging: Logging.optional().describe("Where the log goes besides stderr."),
};

export type NodesYaml = z.infer<typeof Nodes>;
