// From `media` of systole.yaml to the media that a daemon opens, as if ha.cf had a line for each. Pure.
import { posix } from "node:path";
import { readBrokerUrl, shortName } from "@systole/transport-mqtt";
import { freeName } from "../../ha-cf/brokers.js";
import {
  DEFAULT_BAUD,
  DEFAULT_UDP_PORT,
  type BrokerLine,
  type Medium,
  type PingNode,
  type SerialPort,
} from "../../ha-cf/ha-cf.js";
import { MAX_MEDIA, sameMedium } from "../../ha-cf/media.js";
import type { Position, Problems } from "../../problem.js";
import type { NodesYaml } from "./cluster-schema.js";
import type { MediumYaml } from "./media-schema.js";
import type { Place } from "./whole-file.js";

export interface MediaOfFile {
  readonly media: readonly Medium[];
  readonly serialPorts: readonly SerialPort[];
  readonly brokers: readonly BrokerLine[];
  readonly pings: readonly PingNode[];
  readonly baud: number;
}

const MOST_BROKERS = 16;

interface Draft {
  readonly media: Medium[];
  readonly serialPorts: SerialPort[];
  readonly brokers: BrokerLine[];
  readonly pings: PingNode[];
  baud: number | undefined;
  /** Entries `unicast` that take their addresses from `nodes`, so far. */
  networks: number;
}

interface Surroundings {
  readonly self: string;
  readonly nodes: NodesYaml;
  readonly place: Place;
  readonly problems: Problems;
}

export function mediaOf(entries: readonly MediumYaml[], around: Surroundings): MediaOfFile {
  const draft: Draft = {
    media: [],
    serialPorts: [],
    brokers: [],
    pings: [],
    baud: undefined,
    networks: 0,
  };
  for (const [position, entry] of entries.entries()) {
    const [kind] = Object.keys(entry);
    addEntry(entry, around.place("media", position, kind ?? ""), draft, around);
  }
  const all = draft.media.length + draft.serialPorts.length;
  if (all > MAX_MEDIA || draft.brokers.length > MOST_BROKERS) {
    const message = `more than ${MAX_MEDIA} media or ${MOST_BROKERS} brokers; delete some, or send by multicast`;
    around.problems.error(around.place("media"), "medium.too-many", message);
  }
  return { ...draft, baud: draft.baud ?? DEFAULT_BAUD };
}

function addEntry(entry: MediumYaml, at: Position, draft: Draft, around: Surroundings): void {
  const { unicast, broadcast, multicast, serial, mqtt, ping } = entry;
  if (unicast !== undefined) addUnicast(unicast, at, draft, around);
  if (broadcast !== undefined) {
    const { interface: device, port = DEFAULT_UDP_PORT } = broadcast;
    addMedium({ kind: "bcast", interface: device, port, at }, draft, around);
  }
  if (multicast !== undefined) {
    const { interface: device, group, port = DEFAULT_UDP_PORT, ttl = 1, loop = false } = multicast;
    addMedium({ kind: "mcast", interface: device, group, port, ttl, loop, at }, draft, around);
  }
  if (serial !== undefined) addSerial(serial, at, draft, around);
  if (mqtt !== undefined) addBroker(mqtt, at, draft, around);
  if (ping !== undefined) addPing(ping, at, draft, around);
}

function addUnicast(
  { interface: device, address, port = DEFAULT_UDP_PORT }: NonNullable<MediumYaml["unicast"]>,
  at: Position,
  draft: Draft,
  around: Surroundings,
): void {
  const to = (target: string): void =>
    addMedium({ kind: "ucast", interface: device, address: target, port, at }, draft, around);
  if (address !== undefined) return to(address);
  const network = draft.networks;
  draft.networks += 1;
  for (const [name, node] of Object.entries(around.nodes)) {
    if (name.toLowerCase() === around.self) continue;
    const target = addressesOf(node)[network];
    if (target !== undefined) to(target);
    else tellNoAddress(name, network, at, around);
  }
}

function addressesOf({ address, addresses = [] }: NodesYaml[string]): readonly string[] {
  return address === undefined ? addresses : [address, ...addresses];
}

function tellNoAddress(name: string, network: number, at: Position, { place, problems }: Surroundings): void {
  const which = network === 0 ? "no address" : `no address for network ${network + 1}`;
  const message = `${name} has ${which}, and the unicast in line ${at.line} sends there; write \`address: ADDRESS-OF-${name.toUpperCase()}\`, or \`addresses\` with one for each unicast`;
  problems.error(place("nodes", name), "medium.incomplete", message);
}

function addMedium(medium: Medium, draft: Draft, { problems }: Surroundings): void {
  const earlier = draft.media.find((other) => sameMedium(other, medium));
  if (earlier === undefined) draft.media.push(medium);
  else tellTwice("medium", earlier.at, medium.at, problems);
}

function tellTwice(what: string, earlier: Position, at: Position, problems: Problems): void {
  const message = `the same ${what} stands in line ${earlier.line} already and is used once; delete one`;
  problems.warning(at, "medium.duplicate", message);
}

function addSerial(
  { device: written, baud }: NonNullable<MediumYaml["serial"]>,
  at: Position,
  draft: Draft,
  { problems }: Surroundings,
): void {
  const device = posix.normalize(written);
  if (baud !== undefined && draft.baud !== undefined && baud !== draft.baud)
    problems.error(at, "baud.invalid", `another port has ${draft.baud} baud; write the same for all`);
  draft.baud ??= baud;
  const earlier = draft.serialPorts.find((port) => port.device === device);
  if (earlier === undefined) draft.serialPorts.push({ device, at });
  else tellTwice("port", earlier.at, at, problems);
}

function addBroker(
  { url, prefix }: NonNullable<MediumYaml["mqtt"]>,
  at: Position,
  draft: Draft,
  { problems }: Surroundings,
): void {
  const read = readBrokerUrl(url);
  if (!read.ok) return;
  const earlier = draft.brokers.find((broker) => broker.url === url && broker.prefix === prefix);
  if (earlier !== undefined) return tellTwice("broker", earlier.at, at, problems);
  const name = freeName(shortName(read.address), draft.brokers);
  draft.brokers.push({ name, url, ...(prefix !== undefined && { prefix }), at });
}

function addPing(
  ping: NonNullable<MediumYaml["ping"]>,
  at: Position,
  draft: Draft,
  { problems }: Surroundings,
): void {
  const node: PingNode =
    typeof ping === "string"
      ? { name: ping, group: false, hosts: [ping], at }
      : { name: ping.name, group: true, hosts: [...new Set(ping.hosts)], at };
  const earlier = draft.pings.find(({ name }) => name === node.name);
  if (earlier === undefined) draft.pings.push(node);
  else
    problems.error(
      at,
      "ping.duplicate",
      `ping node ${node.name} stands in line ${earlier.at.line} already; delete one of the two`,
    );
}
