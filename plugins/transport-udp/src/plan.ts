// Decides which sockets a set of media needs on an interface as it is now. Pure: a socket is what its plan says, and a
// changed plan means another socket.
import { isIPv4, isIPv6 } from "node:net";
import type { HeldAddress, IpFamily, NetworkInterface } from "@systole/sdk";
import { withoutZone, type Medium } from "./config.js";

/** An interface at one moment. */
export interface InterfaceFacts {
  readonly name: string;
  /** Undefined when there is no such interface. */
  readonly link: NetworkInterface | undefined;
  /** Addresses of this interface, in the kernel's order. */
  readonly addresses: readonly HeldAddress[];
  /** How often it lost its carrier or its first address: what was joined before must be joined again. */
  readonly flaps: number;
}

/** How sockets are tied to the interface: by the kernel, or by binding to an address of it. */
export type Binding = "device" | "address";

export interface GroupMembership {
  readonly group: string;
  /** What names the interface: its address for IPv4, `::%eth0` for IPv6. */
  readonly on: string;
}

export interface SocketPlan {
  readonly binding: Binding;
  readonly family: IpFamily;
  readonly interface: string;
  /** An interface that was made anew has another index and needs other sockets. */
  readonly index: number;
  /** Absent: the wildcard. */
  readonly address?: string;
  readonly port: number;
  /** Other sockets may be bound to the same. Only where each of them hears everything. */
  readonly shared: boolean;
  readonly memberships: readonly GroupMembership[];
  /** Counts with memberships only. */
  readonly flaps: number;
  readonly broadcast: boolean;
  readonly multicast?: { readonly ttl: number; readonly loop: boolean; readonly via?: string };
}

export function familyOf(medium: Medium): IpFamily {
  if (medium.kind === "bcast") return 4;
  return isIPv6(medium.kind === "ucast" ? medium.address : medium.group) ? 6 : 4;
}

function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address);
}

function zoned(address: string, name: string): string {
  return `${withoutZone(address)}%${name}`;
}

/** First address of the interface that is not an alias (`eth0:0`): those come and go with the resources. */
export function firstAddress(facts: InterfaceFacts, family: IpFamily): HeldAddress | undefined {
  const held = facts.addresses.filter((one) => one.family === family && one.duplicate !== true);
  return held.find((one) => !(one.label ?? "").includes(":")) ?? held[0];
}

function bits(address: string): number {
  return address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

function inSubnet(address: string, held: HeldAddress): boolean {
  const hostSize = 2 ** (32 - held.prefixLength);
  return Math.floor(bits(address) / hostSize) === Math.floor(bits(held.address) / hostSize);
}

/** The interface's own address that a peer would talk to. */
function addressTowards(peer: string, facts: InterfaceFacts): string | undefined {
  if (isIPv4(peer)) {
    const held = facts.addresses.filter((one) => one.family === 4);
    return (held.find((one) => inSubnet(peer, one)) ?? firstAddress(facts, 4))?.address;
  }
  const linkLocal = isLinkLocal(peer);
  const own = facts.addresses.find((one) => one.family === 6 && isLinkLocal(one.address) === linkLocal);
  if (own === undefined) return undefined;
  return linkLocal ? zoned(own.address, facts.name) : own.address;
}

/** The interface's IPv4 broadcast address: as configured, else the last address of its network. */
export function broadcastAddress(facts: InterfaceFacts): string | undefined {
  const held = firstAddress(facts, 4);
  if (held === undefined || held.broadcast !== undefined) return held?.broadcast;
  if (held.prefixLength > 30) return undefined;
  const hostSize = 2 ** (32 - held.prefixLength);
  const last = (Math.floor(bits(held.address) / hostSize) + 1) * hostSize - 1;
  return [24, 16, 8, 0].map((shift) => Math.floor(last / 2 ** shift) % 256).join(".");
}

/** Where a medium's frames go; undefined while the interface has no broadcast address. */
export function destination(medium: Medium, facts: InterfaceFacts): string | undefined {
  if (medium.kind === "bcast") return broadcastAddress(facts);
  const address = medium.kind === "ucast" ? medium.address : medium.group;
  const needsZone = isLinkLocal(address) || /^ff.[12]:/i.test(address);
  return needsZone ? zoned(address, facts.name) : address;
}

function membershipOf(medium: Medium, facts: InterfaceFacts): GroupMembership | undefined {
  if (medium.kind !== "mcast") return undefined;
  const on = familyOf(medium) === 6 ? `::%${facts.name}` : firstAddress(facts, 4)?.address;
  return on === undefined ? undefined : { group: withoutZone(medium.group), on };
}

/** What the medium's reader binds to where the kernel cannot tie it to the interface. */
function readerAddress(medium: Medium, facts: InterfaceFacts): string | undefined {
  if (medium.kind === "ucast") return addressTowards(medium.address, facts);
  if (medium.kind === "bcast") return broadcastAddress(facts);
  const group = withoutZone(medium.group);
  return familyOf(medium) === 6 ? zoned(group, facts.name) : group;
}

/** Why a medium cannot work now, as a sentence; undefined when nothing is known to be missing. */
export function obstacle(medium: Medium, facts: InterfaceFacts, binding: Binding): string | undefined {
  if (facts.link === undefined) return `interface ${facts.name} does not exist`;
  if (!facts.link.up) return `interface ${facts.name} is down`;
  if (!facts.link.running) return `interface ${facts.name} has no carrier`;
  if (destination(medium, facts) === undefined) {
    return `interface ${facts.name} has no IPv4 address with a broadcast address`;
  }
  const family = familyOf(medium);
  const lacksGroup = medium.kind === "mcast" && membershipOf(medium, facts) === undefined;
  const lacksAddress =
    binding === "address" && (readerAddress(medium, facts) ?? firstAddress(facts, family)) === undefined;
  return lacksGroup || lacksAddress ? `interface ${facts.name} has no IPv${family} address` : undefined;
}

/**
 * Sockets that hear for all `media` of one interface, family and port. Tied to the device it is one: two of them would
 * share unicast datagrams among themselves.
 */
export function readerPlans(
  media: readonly Medium[],
  facts: InterfaceFacts,
  binding: Binding,
): readonly SocketPlan[] {
  const [first] = media;
  if (first === undefined || facts.link === undefined) return [];
  const base = {
    binding,
    family: familyOf(first),
    interface: facts.name,
    index: facts.link.index,
    port: first.port,
    broadcast: false,
  };
  const plan = (heard: readonly Medium[], shared: boolean): SocketPlan => {
    const memberships = distinct(heard.map((medium) => membershipOf(medium, facts)));
    return { ...base, shared, memberships, flaps: memberships.length === 0 ? 0 : facts.flaps };
  };
  if (binding === "device") return [plan(media, true)];
  return distinct(media.map((medium) => readerAddress(medium, facts))).map((address) => {
    const heard = media.filter((medium) => readerAddress(medium, facts) === address);
    return {
      ...plan(
        heard,
        heard.every(({ kind }) => kind !== "ucast"),
      ),
      address,
    };
  });
}

function distinct<T>(values: readonly (T | undefined)[]): readonly T[] {
  const byText = new Map<string, T>();
  for (const value of values) if (value !== undefined) byText.set(JSON.stringify(value), value);
  return [...byText.values()];
}

/** The socket that a medium sends from; undefined while it lacks something. */
export function writerPlan(medium: Medium, facts: InterfaceFacts, binding: Binding): SocketPlan | undefined {
  if (facts.link === undefined) return undefined;
  const family = familyOf(medium);
  const plan: SocketPlan = {
    binding,
    family,
    interface: facts.name,
    index: facts.link.index,
    port: 0,
    shared: binding === "device",
    memberships: [],
    flaps: 0,
    broadcast: medium.kind === "bcast",
  };
  if (binding === "device")
    return { ...plan, ...outgoing(medium, family === 6 ? `::%${facts.name}` : undefined) };
  if (family === 6 && medium.kind === "mcast") return { ...plan, ...outgoing(medium, `::%${facts.name}`) };
  const own =
    medium.kind === "ucast" ? addressTowards(medium.address, facts) : firstAddress(facts, 4)?.address;
  return own === undefined ? undefined : { ...plan, address: own, ...outgoing(medium, own) };
}

function outgoing(medium: Medium, via: string | undefined): Pick<SocketPlan, "multicast"> {
  if (medium.kind !== "mcast") return {};
  const { ttl, loop } = medium;
  return { multicast: via === undefined ? { ttl, loop } : { ttl, loop, via } };
}
