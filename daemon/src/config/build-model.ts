// Three parsed files become the one model, as plugins that are named and what each of them is told.
import { OPERATION_TIMEOUT_MS, type ClientAccess, type ClusterModel, type PluginUse } from "@systole/core";
import type { GroupSpec, MembershipTimings, ResourceSpec } from "@systole/core/ports";
import type { AddressSafety } from "./address-lease.js";
import type { AuthKeys } from "./authkeys.js";
import { CLIENT_API, clientApi } from "./client-api.js";
import type { ResourceMeaning } from "./cross-check.js";
import { DEFAULT_CLIENT_ACCESS } from "./ha-cf/clients.js";
import type { HaCf, Medium, PingNode, SerialPort } from "./ha-cf/ha-cf.js";
import { mediumTarget } from "./ha-cf/media.js";
import { brokerName, mqttPlugin } from "./mqtt-plugin.js";
import { STONITH_DEVICE, stonithPlugin } from "./ha-cf/stonith.js";
import type { HaResourcesLine } from "./haresources.js";
import type { ResourceLookup } from "./resolve-resource.js";

export interface ModelParts {
  readonly self: string;
  readonly haCf: HaCf;
  readonly timings: MembershipTimings;
  readonly authKeys: AuthKeys;
  readonly groups: readonly HaResourcesLine[];
  /** By the resource's text. */
  readonly resolutions: ReadonlyMap<string, ResourceMeaning>;
  readonly lookup: Pick<ResourceLookup, "resourceDirectory" | "initDirectory">;
  readonly addresses: AddressSafety;
}

const REQUEST_TIMEOUT_MS = 120_000;

interface NamedMedium {
  readonly name: string;
  readonly medium: Medium;
}

/** Provider names as `ucast:eth0:192.0.2.2`; the port is added where it is needed to tell two apart. */
export function nameMedia(media: readonly Medium[]): NamedMedium[] {
  const taken = new Set<string>();
  return media.map((medium) => {
    const target = mediumTarget(medium);
    const short = [medium.kind, medium.interface, ...(target === undefined ? [] : [target])].join(":");
    const name = taken.has(short) ? `${short}:${medium.port}` : short;
    taken.add(name);
    return { name, medium };
  });
}

function serialName(port: SerialPort): string {
  return `serial:${port.device}`;
}

function pingName(ping: PingNode): string {
  return `ping:${ping.name}`;
}

/** What heartbeat exports to scripts from ha.cf; paths are the agent's own business. */
function scriptEnvironment(parts: ModelParts): Record<string, string> {
  const { haCf } = parts;
  const recorded = Object.entries(haCf.environment).map(([name, value]) => [`HA_${name}`, value]);
  return {
    ...Object.fromEntries(recorded),
    HA_CURHOST: parts.self,
    HA_DATEFMT: "%Y/%m/%d_%T",
    ...(haCf.failback?.value === "on" || haCf.failback?.value === "off" ? { HA_NICEFAILBACK: "yes" } : {}),
    ...(haCf.logFile !== undefined && { HA_LOGFILE: haCf.logFile }),
    ...(haCf.debugFile !== undefined && { HA_DEBUGLOG: haCf.debugFile }),
    ...(haCf.logFacility !== undefined && { HA_LOGFACILITY: haCf.logFacility }),
  };
}

function plugins(parts: ModelParts, media: readonly NamedMedium[], agents: ReadonlySet<string>): PluginUse[] {
  const { haCf, authKeys } = parts;
  const uses: PluginUse[] = [
    { use: "net-linux" },
    {
      use: "transport-udp",
      with: { media: media.map(({ name, medium: { at: _at, ...settings } }) => ({ name, ...settings })) },
    },
  ];
  if (haCf.serialPorts.length > 0) {
    const { baud } = haCf;
    const ports = haCf.serialPorts.map((port) => ({ name: serialName(port), device: port.device, baud }));
    uses.push({ use: "transport-serial", with: { ports } });
  }
  const mqtt = mqttPlugin(haCf);
  if (mqtt !== undefined) uses.push(mqtt);
  if (haCf.pings.length > 0) {
    const nodes = haCf.pings.map(({ name, group, hosts }) => ({ name, group, hosts }));
    uses.push({ use: "transport-ping", with: { nodes } });
  }
  if (authKeys.sign !== undefined)
    uses.push({ use: "auth-classic", with: { sign: authKeys.sign, keys: authKeys.keys } });
  if (agents.has("ipaddr")) {
    const { leaseMs, guardMs, probe } = parts.addresses;
    const lease = leaseMs === undefined ? {} : { leaseMs };
    const guard = guardMs === undefined ? {} : { guardMs };
    const { deadMs } = parts.timings;
    uses.push({ use: "agent-ipaddr", with: { deadMs, ...lease, ...guard, ...(!probe && { probe }) } });
  }
  if (agents.has("nginx")) uses.push({ use: "agent-nginx" });
  if (agents.has("heartbeat") || agents.has("lsb")) {
    const { resourceDirectory, initDirectory } = parts.lookup;
    const environment = scriptEnvironment(parts);
    uses.push({ use: "agent-lsb", with: { resourceDirectory, initDirectory, environment } });
  }
  if (agents.has("ocf")) {
    const { start, stop, status } = OPERATION_TIMEOUT_MS;
    const environment = scriptEnvironment(parts);
    uses.push({ use: "agent-ocf", with: { timeoutMs: { start, stop, status }, environment } });
  }
  if (agents.has("systemd")) uses.push({ use: "agent-systemd" });
  const stonith = stonithPlugin(parts.self, haCf);
  if (stonith !== undefined) uses.push(stonith);
  uses.push(clientApi(haCf, parts.timings));
  return uses;
}

function groupsAndResources(parts: ModelParts): { groups: GroupSpec[]; resources: ResourceSpec[] } {
  const groups: GroupSpec[] = [];
  const resources: ResourceSpec[] = [];
  for (const line of parts.groups) {
    const members = line.resources.flatMap(({ text }) => {
      const resolution = parts.resolutions.get(text);
      if (resolution === undefined) return [];
      resources.push({ name: text, args: resolution.args, parameters: resolution.parameters ?? {} });
      return [{ name: text, agent: resolution.agent }];
    });
    const [first] = members;
    if (first !== undefined)
      groups.push({ key: line.key ?? first.name, home: line.node.text, resources: members });
  }
  return { groups, resources };
}

/** `autojoin any` adds this node too. */
function everyNode({ self, haCf }: ModelParts): readonly string[] {
  const named = haCf.nodes.map((node) => node.value);
  return named.includes(self) ? named : [...named, self];
}

/** heartbeat's own rules hold where ha.cf does not replace them. */
function clientAccess(haCf: HaCf): readonly ClientAccess[] {
  const written = haCf.clientAccess.map(({ value }) => value);
  const kept = DEFAULT_CLIENT_ACCESS.filter(({ name }) => !written.some((entry) => entry.name === name));
  return [...written, ...kept];
}

/** heartbeat gives a watchdog the dead time and a little more, in whole seconds. */
const WATCHDOG_MARGIN_MS = 10;

function optionalParts(parts: ModelParts): Partial<ClusterModel> {
  const { haCf, timings } = parts;
  const timeoutSeconds = Math.ceil((timings.deadMs + WATCHDOG_MARGIN_MS) / 1000);
  return {
    clientAccess: clientAccess(haCf),
    ...(haCf.uuidFrom !== "file" && { uuidFrom: haCf.uuidFrom }),
    ...(haCf.autoJoin !== undefined && { autoJoin: haCf.autoJoin.value }),
    ...(haCf.clients.length > 0 && {
      clients: haCf.clients.map(({ value }) => value),
      clientEnvironment: scriptEnvironment(parts),
    }),
    ...(haCf.watchdog !== undefined && { watchdog: { device: haCf.watchdog.value, timeoutSeconds } }),
    ...(!haCf.logsRefusedFrames && { logsRefusedFrames: false }),
  };
}

/** Pure. The parts have been checked: there are no errors among their problems. */
export function buildModel(parts: ModelParts): ClusterModel {
  const { haCf } = parts;
  const media = nameMedia(haCf.media);
  const { groups, resources } = groupsAndResources(parts);
  const agents = new Set(groups.flatMap((group) => group.resources.map((member) => member.agent)));
  return {
    self: parts.self,
    nodes: everyNode(parts),
    pingNodes: haCf.pings.map(({ name, group }) => ({ name, group })),
    timings: parts.timings,
    hopFudge: haCf.hopFudge,
    innerSignature: haCf.innerSignature,
    compression: {
      traditional: haCf.traditionalCompression,
      thresholdBytes: haCf.compressionThresholdKib * 1024,
    },
    groups,
    resources,
    failback: haCf.failback?.value ?? "legacy",
    ipfail: haCf.ipfail !== undefined,
    operationTimeoutMs: OPERATION_TIMEOUT_MS,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    ...optionalParts(parts),
    plugins: plugins(parts, media, agents),
    providers: {
      membership: "heartbeat",
      policy: "haresources",
      // Without a file of keys: only where sealed frames alone count.
      ...(parts.authKeys.sign !== undefined && { authenticator: "classic" }),
      transports: [
        ...media.map(({ name }) => name),
        ...haCf.serialPorts.map(serialName),
        ...haCf.brokers.map(brokerName),
        ...haCf.pings.map(pingName),
      ],
      companions: [CLIENT_API],
      ...(stonithPlugin(parts.self, haCf) !== undefined && { fenceDevices: [STONITH_DEVICE] }),
      services: { network: "linux" },
    },
  };
}
