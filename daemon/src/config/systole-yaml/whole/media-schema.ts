// How the nodes hear each other: `media` of systole.yaml, an entry a medium, as ha.cf has lines.
import { isIP } from "node:net";
import { prefixProblem, readBrokerUrl } from "@systole/transport-mqtt";
import { z } from "zod";
import { BAUD_RATES, DEFAULT_BAUD, DEFAULT_UDP_PORT } from "../../ha-cf/ha-cf.js";
import { isGroup, hasZone, INTERFACE, MAX_MEDIA } from "../../ha-cf/media.js";
import { isPingHost, MAX_PING_HOSTS, NODE_NAME } from "../../ha-cf/members.js";
import { LIST, mapping } from "../shapes.js";

const DEVICE = "write an interface's name, such as `eth0`, without an alias";
const Interface = z
  .string(DEVICE)
  .regex(INTERFACE, DEVICE)
  .describe("The interface, as `ip link` calls it, e.g. `eth0`.");
const PORT = "write a UDP port from 1 to 65535";
const Port = z
  .int(PORT)
  .min(1, PORT)
  .max(65_535, PORT)
  .optional()
  .describe(`UDP port, the same on all nodes, e.g. \`${DEFAULT_UDP_PORT}\`, which is the default.`);

const PEER = "write the other node's address, such as `192.0.2.12`";
const Unicast = mapping({
  interface: Interface,
  address: z
    .string(PEER)
    .refine((text) => isIP(text) !== 0 && !isGroup(text, isIP(text) === 6 ? 6 : 4), PEER)
    .optional()
    .describe(
      "Where to, e.g. `192.0.2.12`. Without it: to the other nodes' addresses as they stand under `nodes`, so that the file is the same everywhere.",
    ),
  port: Port,
}).refine(
  ({ interface: device, address }) => address === undefined || hasZone(address, device),
  "the address names another interface; leave out what follows its `%`",
);

const Broadcast = mapping({ interface: Interface, port: Port });

const GROUP = "write a multicast group, such as `239.255.7.1` or `ff02::7:1`";
const HOPS = "write a whole number from 0 to 255, mostly 1";
const Multicast = mapping({
  interface: Interface,
  group: z
    .string(GROUP)
    .refine((text) => isGroup(text, 4) || isGroup(text, 6), GROUP)
    .describe("The group, e.g. `239.255.7.1`."),
  port: Port,
  ttl: z
    .int(HOPS)
    .min(0, HOPS)
    .max(255, HOPS)
    .optional()
    .describe("How many routers may pass it on, and one; default `1`: none. IPv4: at most 4."),
  loop: z
    .boolean("write true or false")
    .optional()
    .describe("`true`: this machine hears it too; default `false`."),
})
  .refine(({ group, ttl = 1 }) => isIP(group) === 6 || ttl <= 4, "write a `ttl` of at most 4")
  .refine(({ group, interface: device }) => hasZone(group, device), "the group names another interface");

const TTY = "write the full path of a serial port, such as `/dev/ttyS0`";
const Serial = mapping({
  device: z.string(TTY).startsWith("/", TTY).max(255, TTY).describe("The port, e.g. `/dev/ttyS0`."),
  baud: z
    .union(
      BAUD_RATES.map((rate) => z.literal(rate)),
      `write one of ${BAUD_RATES.join(", ")}`,
    )
    .optional()
    .describe(`Bits per second, the same for all ports, e.g. \`${DEFAULT_BAUD}\`, which is the default.`),
});

const BROKER = "write the broker, such as `mqtts://broker.example:8883`";
const Mqtt = mapping({
  url: z
    .string(BROKER)
    .refine((text) => readBrokerUrl(text).ok, BROKER)
    .describe("The broker, without user and password, e.g. `mqtts://broker.example`."),
  prefix: z
    .string("write what topics begin with")
    .refine((text) => prefixProblem(text) === undefined, "this cannot begin a topic; write e.g. `ha`")
    .optional()
    .describe("What the topics begin with, e.g. `ha`."),
});

const HOST = "write an address, such as the gateway's";
const Host = z.string(HOST).refine(isPingHost, HOST);
const Ping = z.union(
  [
    Host,
    mapping({
      name: z
        .string("write a name")
        .regex(NODE_NAME, "write letters, digits, dots and dashes")
        .describe("What the group of hosts is called, e.g. `outside`."),
      hosts: z
        .array(Host, LIST)
        .min(1, "write at least one address")
        .max(MAX_PING_HOSTS, `at most ${MAX_PING_HOSTS} hosts`)
        .describe("One of them is enough, e.g. `[192.0.2.1, 192.0.2.2]`."),
    }),
  ],
  "write an address, such as `192.0.2.1`, or `{ name: outside, hosts: [192.0.2.1, 192.0.2.2] }`",
);

const KINDS = ["unicast", "broadcast", "multicast", "serial", "mqtt", "ping"] as const;
const ONE = `write one of ${KINDS.join(", ")} for each \`-\``;

const Medium = z
  .strictObject(
    {
      unicast: Unicast.optional().describe("UDP to each other node: `{ interface: eth0 }`."),
      broadcast: Broadcast.optional().describe("UDP to all on the segment: `{ interface: eth0 }`."),
      multicast: Multicast.optional().describe("UDP to a group: `{ interface: eth0, group: 239.255.7.1 }`."),
      serial: Serial.optional().describe("A null-modem cable: `{ device: /dev/ttyS0 }`."),
      mqtt: Mqtt.optional().describe("A broker: `{ url: mqtts://broker.example }`; mqtt.md tells more."),
      ping: Ping.optional().describe(
        "A host that tells whether this node reaches the network, e.g. `192.0.2.1`; it carries no messages.",
      ),
    },
    ONE,
  )
  .refine((medium) => Object.values(medium).filter((one) => one !== undefined).length === 1, ONE);

export const Media = z.array(Medium, LIST).max(2 * MAX_MEDIA, `at most ${2 * MAX_MEDIA} media`);
export type MediumYaml = z.infer<typeof Medium>;
